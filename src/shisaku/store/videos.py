"""A video file to frames with their times, and its sound track to WAV. Runs inside a sandbox worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import MediaError
from shisaku.message import say
from shisaku.store.codecs import FrameWriter, encode_wave
from shisaku.store.decoded import Decoded
from shisaku.store.limits import Limits
from shisaku.store.media import as_file

# Containers that hold media and nothing that points elsewhere: playlists and concat lists would open other files.
FORMATS = frozenset(("mov", "mp4", "matroska", "webm", "avi", "mpeg", "mpegts", "asf", "ogg", "flv"))


def look_at_video(media: Path | bytes, limits: Limits) -> Decoded:
    """Return the facts in the header, nothing decoded. Raises MediaError."""
    with _opened(media, limits) as file:
        return Decoded(b"", _facts(file))


def read_video(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode the first video stream: at most `limits.fps` frames a second, the longest side `limits.max_side`.

    The times (seconds) are the stream's own, so that the sound track, which counts on the same clock, stays
    in step. Raises MediaError, and whatever FFmpeg raises on damaged files.
    """
    with _opened(media, limits) as file:
        facts = _facts(file)
        stream = file.streams.video[0]
        _check_size(int(stream.width), int(stream.height), limits)
        frames = FrameWriter()
        due = -1.0
        for frame in file.decode(stream):
            seconds = float(frame.time or 0.0)
            if seconds > limits.video_seconds:
                raise _too_long(seconds, limits)
            if seconds + 1e-6 < due:
                continue
            # The grid moves with the clock, so that uneven frame times do not add up.
            due = seconds + 1.0 / limits.fps if due < 0 else due + 1.0 / limits.fps
            due = max(due, seconds)
            _check_size(frame.width, frame.height, limits)
            frames.add(seconds, _rgb(frame, limits.max_side))
        if not frames.times:
            raise MediaError(say("The video has no frame that can be read"))
    return Decoded(frames.to_bytes(), {**facts, "frames": str(len(frames.times))})


def read_track(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode the first sound track to mono WAV at `limits.rate` Hz; nothing where the video has none.

    Silence stands where the track starts later than the clock, so that sample 0 is second 0. Raises MediaError.
    """
    import av

    with _opened(media, limits) as file:
        if not file.streams.audio:
            return Decoded(b"")
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=limits.rate)
        pieces: list[np.ndarray[Any, np.dtype[np.float32]]] = []
        total, most = 0, int(limits.video_seconds * limits.rate)
        for frame in (*file.decode(file.streams.audio[0]), None):
            if frame is not None and not pieces and frame.time:
                pieces.append(np.zeros(max(0, min(most, round(frame.time * limits.rate))), np.float32))
            for made in resampler.resample(frame):
                pieces.append(made.to_ndarray()[0].astype(np.float32))
                total += len(pieces[-1])
                if total > most:
                    raise _too_long(total / limits.rate, limits)
    wave = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    if not wave.size:
        return Decoded(b"")
    if not np.isfinite(wave).all():
        raise MediaError(say("The recording holds values that are not numbers (NaN or infinity)"))
    peak = float(np.abs(wave).max())
    return Decoded(encode_wave(wave / max(1.0, peak), limits.rate), {"gain": f"{1 / peak:.4g}"} if peak > 1 else {})


@contextmanager
def _opened(media: Path | bytes, limits: Limits) -> Iterator[Any]:
    import av

    try:
        file = av.open(as_file(media), metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(say("This is not a video that can be read: {cause}", cause=_cause(error))) from None
    with file:
        if not FORMATS & set(file.format.name.split(",")):
            raise MediaError(say("Videos of the format {format} are not read", format=file.format.name))
        if not file.streams.video:
            raise MediaError(say("The file has no picture in it"))
        seconds = _seconds(file)
        if seconds > limits.video_seconds:
            raise _too_long(seconds, limits)
        yield file


def _facts(file: Any) -> dict[str, str]:
    stream = file.streams.video[0]
    facts = {"size": f"{stream.width}x{stream.height}", "seconds": f"{_seconds(file):.3f}"}
    if stream.average_rate:
        facts["fps"] = f"{float(stream.average_rate):g}"
    facts["sound"] = "yes" if file.streams.audio else "no"
    return facts


def _seconds(file: Any) -> float:
    return float(file.duration or 0) / 1_000_000  # FFmpeg counts the length in AV_TIME_BASE, microseconds


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise MediaError(
            say(
                "The image says it has {width} x {height} pixels; the limit is {limit} million",
                width=width,
                height=height,
                limit=round(limits.pixels / 1e6),
            )
        )


def _rgb(frame: Any, max_side: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    scale = min(1.0, max_side / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    return np.asarray(frame.to_ndarray(format="rgb24", width=width, height=height), dtype=np.uint8)


def _too_long(seconds: float, limits: Limits) -> MediaError:
    return MediaError(
        say(
            "The video is {seconds:.0f} s long; the limit is {limit:.0f} s",
            seconds=seconds,
            limit=limits.video_seconds,
        )
    )


def _cause(error: Exception) -> str:
    return str(getattr(error, "strerror", "") or error)[:120]
