"""What kind of media some bytes are, by how they begin: for containers whose members have no suffix."""

from __future__ import annotations

import io

import numpy as np

from shisaku.core.sample import Kind

IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\x00\x00\x00\x0cJXL ")
SOUNDS = (b"fLaC", b"OggS", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"FORM", b".snd")
RIFF: dict[bytes, Kind] = {b"WEBP": "image", b"WAVE": "audio", b"AVI ": "video"}
MP4_IMAGES, MP4_SOUNDS = (b"avif", b"avis", b"heic", b"heix", b"mif1"), (b"M4A ", b"M4B ")
EBML, NPY = b"\x1a\x45\xdf\xa3", b"\x93NUMPY"


def sniff(data: bytes) -> Kind | None:
    """Return the kind of media, or None. An NPY array of one dimension is an embedding, of two a point cloud."""
    if data[:4] == b"RIFF":
        return RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return "image" if brand in MP4_IMAGES else "audio" if brand in MP4_SOUNDS else "video"
    if data.startswith(NPY):
        return _array(data)
    if data.startswith(IMAGES):
        return "image"
    if data.startswith(SOUNDS):
        return "audio"
    return "video" if data.startswith(EBML) else None


def _array(data: bytes) -> Kind | None:
    file = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, _ = read(file)
    except ValueError:
        return None
    return {1: "embedding", 2: "points"}.get(len(shape))  # type: ignore[return-value]
