"""The machine-readable mark of synthetic media: IPTC ``digitalSourceType``, in the file and in the record.

The value is a code of the IPTC NewsCodes vocabulary http://cv.iptc.org/newscodes/digitalsourcetype/, written as
the XMP property ``Iptc4xmpExt:DigitalSourceType`` (IPTC Photo Metadata Standard). A PNG carries the packet in an
``iTXt`` chunk, a WAV in a ``_PMX`` chunk (XMP specification, part 3) and as plain words in ``LIST``/``INFO``.
The mark is a statement without a signature: it is no C2PA manifest, and whoever can write the file can remove it.
"""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from typing import Final

from shisaku.core.sample import Part, Sample

SOURCE_TYPE: Final = "digital_source_type"
MADE_BY: Final = "made_by"  # the fact with the trace of how a sample was made; ``made_by:<part>`` of a part added
VOCABULARY: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# What is said of a made sample that came without a trace of how it was made: "at least one element is synthetic".
UNTRACED: Final = "compositeSynthetic"
# Metadata stands at either end of a file; more than this of a hostile one is never searched.
SEARCHED: Final = 1 << 16
_ADDRESS: Final = VOCABULARY.removeprefix("http:").encode()
_CODE: Final = re.compile(re.escape(_ADDRESS) + rb"([A-Za-z]{1,64})(?![A-Za-z])")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_IHDR_ENDS: Final = len(_PNG) + 25


def fact_of(part: str) -> str:
    """Return the name of the fact that holds the digital source type of a part: ``<part>_digital_source_type``."""
    return f"{part}_{SOURCE_TYPE}"


def source_type(part: Part, sample: Sample) -> str:
    """Return the IPTC code for a part of a sample, or "" if nothing says that it was made.

    The record's fact decides; a made sample whose record has none for any part gets `UNTRACED`.
    """
    known = {name: sample.facts[fact_of(name)] for name in sample.parts if fact_of(name) in sample.facts}
    own = next((code for name, code in known.items() if sample.parts[name] == part), "")
    return own if own or known or sample.depth == 0 else UNTRACED


def marked(part: Part, sample: Sample) -> bytes:
    """Return the bytes of a part with its mark inside, so that a made file says so wherever it is taken.

    Images (PNG) and sounds (WAV) get it; pixels and samples stay the same. Of other kinds, and of parts that
    nobody made, the bytes come back as they are: there the record's fact is the mark.
    """
    code = source_type(part, sample)
    if not code or read_mark(part.data) == code:
        return part.data
    if part.kind == "image" and part.data.startswith(_PNG):
        return _marked_png(part.data, _packet(code))
    if part.kind == "audio" and part.data[:4] == b"RIFF" and part.data[8:12] == b"WAVE":
        return _marked_wave(part.data, _packet(code), code)
    return part.data


def read_mark(media: Path | bytes) -> str | None:
    """Return the IPTC code that a media file carries in its first or last 64 KiB, or None.

    Nothing is parsed or unpacked: whatever container the packet is in, the vocabulary's address is found as it is.
    """
    ends = _ends(media)
    # `find` is many times faster than the pattern, and nearly every file has no mark.
    place = ends.find(_ADDRESS)
    found = _CODE.match(ends, place) if place >= 0 else None
    return found[1].decode() if found else None


def mark_facts(media: Path | bytes) -> dict[str, str]:
    """Return the mark of a media file as a decoder's fact, so that what came in marked stays marked."""
    code = read_mark(media)
    return {SOURCE_TYPE: code} if code else {}


def _ends(media: Path | bytes) -> bytes:
    if isinstance(media, bytes):
        return media if len(media) <= 2 * SEARCHED else media[:SEARCHED] + b"\0" + media[-SEARCHED:]
    with media.open("rb") as file:
        head = file.read(SEARCHED)
        size = file.seek(0, 2)
        file.seek(max(len(head), size - SEARCHED))
        return head + (b"\0" if size > 2 * SEARCHED else b"") + file.read(SEARCHED)


def _packet(code: str) -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f' Iptc4xmpExt:DigitalSourceType="{VOCABULARY}{code}"/>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def _marked_png(data: bytes, packet: bytes) -> bytes:
    """Put an uncompressed iTXt chunk right behind IHDR (PNG specification, 11.3.3.4)."""
    body = b"iTXt" + b"XML:com.adobe.xmp" + b"\0\0\0\0\0" + packet
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:_IHDR_ENDS] + chunk + data[_IHDR_ENDS:]


def _marked_wave(data: bytes, packet: bytes, code: str) -> bytes:
    """Put LIST/INFO and _PMX behind the sound, where readers that know only ``fmt`` and ``data`` never look."""
    words = _riff(b"ISFT", b"shisaku\0") + _riff(b"ICMT", f"digitalSourceType {VOCABULARY}{code}".encode() + b"\0")
    whole = data[8:] + b"\0" * (len(data) % 2) + _riff(b"LIST", b"INFO" + words) + _riff(b"_PMX", packet)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
