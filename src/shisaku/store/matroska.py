"""A canonical video as a Matroska file that any player opens, and back: the JPEG frames are never encoded anew."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.core.sample import Part
from shisaku.errors import MediaError
from shisaku.message import say
from shisaku.store.codecs import frame_files
from shisaku.store.media import as_file, first_bytes

MAGIC = b"\x1a\x45\xdf\xa3"  # EBML, RFC 8794
TIMES = "SHISAKU_TIMES"  # the tag that keeps the exact times
MILLISECONDS = 1000  # FFmpeg writes Matroska in these


def to_matroska(part: Part) -> bytes:
    """Return a video part as Matroska with one MJPEG stream; a tag keeps the times that milliseconds round.

    Raises MediaError where the part is damaged.
    """
    import av

    frames = list(frame_files(part))
    target = io.BytesIO()
    with av.open(target, "w", format="matroska", options={"fflags": "+bitexact"}) as file:
        file.metadata[TIMES] = json.dumps([seconds for seconds, _ in frames])
        stream = _stream(file, frames, part)
        for seconds, data in frames:
            packet = av.Packet(data)
            packet.stream, packet.time_base = stream, Fraction(1, MILLISECONDS)
            packet.pts = packet.dts = round(seconds * MILLISECONDS)
            packet.is_keyframe = True
            file.mux(packet)
    return target.getvalue()


def is_matroska(media: Path | bytes) -> bool:
    """Say whether a file begins like one."""
    return first_bytes(media, len(MAGIC)) == MAGIC


def from_matroska(media: Path | bytes) -> Iterator[tuple[float, bytes]]:
    """Give (seconds, JPEG bytes) of what `to_matroska` wrote, nothing decoded. For the sandbox. Raises MediaError."""
    import av

    with av.open(as_file(media), "r", format="matroska") as file:
        if not file.streams.video or file.streams.video[0].codec_context.name != "mjpeg":
            raise MediaError(say("This is not a video that shisaku wrote"))
        stream = file.streams.video[0]
        packets = [packet for packet in file.demux(stream) if packet.size]
        seconds = [float((packet.pts or 0) * packet.time_base) for packet in packets]
        for exact, packet in zip(_exact(file.metadata.get(TIMES, ""), seconds), packets, strict=True):
            yield exact, bytes(packet)


def _exact(tag: str, seconds: Sequence[float]) -> Sequence[float]:
    """Return the times of the tag where they are those of the packets, but for the rounding."""
    try:
        times = [float(time) for time in json.loads(tag)]
    except (ValueError, TypeError, RecursionError):
        return seconds
    near = len(times) == len(seconds) and all(
        math.isclose(one, other, abs_tol=1 / MILLISECONDS) for one, other in zip(times, seconds, strict=True)
    )
    return times if near else seconds


def _stream(file: Any, frames: Sequence[tuple[float, bytes]], part: Part) -> Any:
    import cv2

    pixels = cv2.imdecode(np.frombuffer(frames[0][1], np.uint8), cv2.IMREAD_COLOR) if frames else None
    if pixels is None:
        raise MediaError(say("A frame of the video is damaged"), where=part.uri)
    length = frames[-1][0] - frames[0][0]
    stream = file.add_stream("mjpeg", rate=max(1, round((len(frames) - 1) / length)) if length > 0 else 1)
    stream.height, stream.width = pixels.shape[:2]
    stream.pix_fmt = "yuvj420p"
    stream.time_base = Fraction(1, MILLISECONDS)
    return stream
