"""A media file as a decoder gets it: a path, or the bytes of a file that lay in a container."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO


def as_file(media: Path | bytes) -> str | BinaryIO:
    """Return what a media library opens: the path, or a file over the bytes."""
    return io.BytesIO(media) if isinstance(media, bytes) else str(media)


def all_bytes(media: Path | bytes) -> bytes:
    """Return the whole file; its size was checked before."""
    return media if isinstance(media, bytes) else media.read_bytes()


def first_bytes(media: Path | bytes, n: int) -> bytes:
    """Return the first `n` bytes."""
    if isinstance(media, bytes):
        return media[:n]
    with open(media, "rb") as file:
        return file.read(n)


def suffix(media: Path | bytes) -> str:
    """Return the file name's suffix in lower case; bytes have none."""
    return "" if isinstance(media, bytes) else media.suffix.lower()
