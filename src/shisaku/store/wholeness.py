"""Whether a file is all there: what its header promises against what came. Runs inside a sandbox worker."""

from __future__ import annotations

import io
import struct
from pathlib import Path

from shisaku.errors import MediaError
from shisaku.message import say
from shisaku.store.media import first_bytes

SLACK = 0.05  # seconds that decoders may differ in how they count the ends
# Programs that write into a pipe cannot know the size and put in the greatest, or nearly that (FFmpeg, SoX).
NOT_KNOWN = 0x7FFF0000
CHUNKS = 1000


def check_whole(media: Path | bytes, rate: int, promised: int, came: int) -> None:
    """Refuse a recording of `rate` Hz that has fewer frames than its header promises. Raises MediaError."""
    missing = (promised - came) / rate
    if missing <= SLACK:
        said, there = _wave_bytes(media)
        missing = (said - there) / there * (came / rate) if 0 < there < said < NOT_KNOWN else 0.0
    if missing > SLACK:
        raise MediaError(say("The recording is cut off: {seconds:.2f} s are missing", seconds=missing))


def check_riff(media: Path | bytes) -> None:
    """Refuse an AVI that is shorter than its first chunk says. Raises MediaError."""
    start = first_bytes(media, 8)
    size = len(media) if isinstance(media, bytes) else media.stat().st_size
    missing = struct.unpack("<I", start[4:])[0] + 8 - size if start[:4] == b"RIFF" and len(start) == 8 else 0
    if 1 < missing < NOT_KNOWN:  # one byte may be the padding that some writers leave out
        raise MediaError(say("The file is cut off: {n} bytes are missing", n=missing))


def _wave_bytes(media: Path | bytes) -> tuple[int, int]:
    """Return how long the data chunk of a RIFF WAVE says it is, and how much of it there is; zeros for other files."""
    with io.BytesIO(media) if isinstance(media, bytes) else open(media, "rb") as file:
        end = file.seek(0, 2)
        file.seek(0)
        if file.read(4) != b"RIFF" or file.read(8)[4:] != b"WAVE":
            return 0, 0
        for _ in range(CHUNKS):
            head = file.read(8)
            if len(head) < 8:
                break
            name, size = struct.unpack("<4sI", head)
            if name == b"data":
                return size, min(size, end - file.tell())
            file.seek(size + size % 2, 1)
    return 0, 0
