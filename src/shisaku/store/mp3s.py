"""MP3 files that do not say how long they are. Runs inside a sandbox worker: the file may be hostile.

libsndfile then guesses the length from the first frame and reads no further, which cuts recordings of a variable
bit rate off without a word; FFmpeg reads until there is nothing left.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from shisaku.store.media import as_file, first_bytes

LENGTHS = (b"Xing", b"Info", b"VBRI")  # tags in the first frame that hold the number of frames
FRAME = 256  # bytes; the tag stands at most 36 bytes into the first frame
ID3 = 10  # bytes of the header of an ID3v2 tag (id3.org, ID3v2.4.0, 3.1), which may stand before it


def says_length(media: Path | bytes) -> bool:
    """Tell whether the first frame of an MP3 holds its length."""
    head = first_bytes(media, ID3)
    before = 0
    if head.startswith(b"ID3") and len(head) == ID3:
        before = ID3 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
    frame = first_bytes(media, before + FRAME)[before:]
    return any(tag in frame for tag in LENGTHS)


def read_mp3(media: Path | bytes, rate: int, most: int) -> npt.NDArray[np.float32]:
    """Return a bit more than `most` frames of an MP3 at most, the mean of its channels. Raises what FFmpeg raises."""
    import av

    pieces, total = [np.zeros(0, np.float32)], 0
    with av.open(as_file(media), "r", format="mp3", metadata_errors="replace") as file:
        stream = file.streams.audio[0]
        stream.codec_context.thread_count = 1
        resampler = av.AudioResampler(format="fltp", rate=rate)
        for frame in file.decode(stream):
            for made in resampler.resample(frame):
                pieces.append(made.to_ndarray().mean(axis=0, dtype=np.float32))
                total += len(pieces[-1])
            if total > most:
                break
    return np.concatenate(pieces)
