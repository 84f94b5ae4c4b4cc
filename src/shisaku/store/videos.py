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
from shisaku.store.wholeness import check_riff

# Containers that hold media and nothing that points elsewhere: playlists and concat lists would open other files.
FORMATS = frozenset(("mov", "mp4", "matroska", "webm", "avi", "mpeg", "mpegts", "asf", "ogg", "flv"))
AV_TIME_BASE = 1_000_000  # FFmpeg counts the times of a file in microseconds
CUT_SECONDS = 0.3  # so much later than its last packet a whole file may say it ends
GAP_SECONDS = 0.1  # so long a sound track may have nothing before it is filled with silence


def look_at_video(media: Path | bytes, limits: Limits) -> Decoded:
    """Return the facts in the header, nothing decoded. Raises MediaError."""
    with _opened(media, limits) as file:
        return Decoded(b"", _facts(file))


def read_video(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode the first video stream: at most `limits.fps` frames a second, the longest side `limits.max_side`.

    The times (seconds) count from the start of the file, as those of the sound track do; frames are turned upright.
    Facts say when the frames came that are not kept too. Raises MediaError, and whatever FFmpeg raises on damaged
    files.
    """
    check_riff(media)
    with _opened(media, limits) as file:
        facts, frames, slots, all_times = _facts(file), FrameWriter(), _Slots(limits.fps), _AllTimes()
        for seconds, frame in _frames(file, limits):
            all_times.see(seconds)
            if slots.takes(seconds):
                frames.add(seconds, _rgb(frame, limits.max_side))
        if not frames.times:
            raise MediaError(say("The video has no frame that can be read"))
    return Decoded(frames.to_bytes(), {**facts, "frames": str(len(frames.times)), **all_times.facts()})


def read_track(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode the first sound track to mono WAV at `limits.rate` Hz; nothing where the video has none.

    Sample 0 is second 0 of the frames' clock: silence stands where the track starts later or has a gap. A track
    louder than full scale is scaled down, and the fact `gain` says by how much. Raises MediaError.
    """
    with _opened(media, limits) as file:
        if not file.streams.audio:
            return Decoded(b"")
        wave = np.concatenate([np.zeros(0, np.float32), *_pieces(file, limits)])
    if not wave.size:
        return Decoded(b"")
    if not np.isfinite(wave).all():
        raise MediaError(say("The recording holds values that are not numbers (NaN or infinity)"))
    peak = float(np.abs(wave).max())
    return Decoded(encode_wave(wave / max(1.0, peak), limits.rate), {"gain": f"{1 / peak:.4g}"} if peak > 1 else {})


class _Slots:
    """Takes one frame of every 1/fps seconds, the first that is nearest to it.

    Counted from the first frame and rounded, so that cameras that wander a little around their rate lose no frame.
    """

    def __init__(self, fps: float) -> None:
        self._fps, self._first, self._last = fps, 0.0, -1

    def takes(self, seconds: float) -> bool:
        if self._last < 0:
            self._first = seconds
        slot = int((seconds - self._first) * self._fps + 0.5 + 1e-6)
        if slot <= self._last:
            return False
        self._last = slot
        return True


class _AllTimes:
    """When the frames of the file come: how many, from when to when, the longest wait, how often time does not grow."""

    def __init__(self) -> None:
        self._n = self._backwards = 0
        self._first = self._last = self._gap = 0.0

    def see(self, seconds: float) -> None:
        if not self._n:
            self._first = seconds
        elif seconds > self._last:
            self._gap = max(self._gap, seconds - self._last)
        else:
            self._backwards += 1
        self._n, self._last = self._n + 1, max(self._last, seconds) if self._n else seconds

    def facts(self) -> dict[str, str]:
        found = {"first_frame": self._first, "last_frame": self._last, "longest_gap": self._gap}
        counts = {"decoded_frames": str(self._n), "backwards": str(self._backwards)}
        return {**counts, **{name: f"{value:.3f}" for name, value in found.items()}}


@contextmanager
def _opened(media: Path | bytes, limits: Limits) -> Iterator[Any]:
    import av

    try:
        # The lists bind before anything is opened: a playlist must not even be followed.
        file = av.open(
            f"file:{media.absolute()}" if isinstance(media, Path) else as_file(media),
            metadata_errors="replace",
            container_options={"format_whitelist": ",".join(FORMATS), "protocol_whitelist": "file"},
        )
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(say("This is not a video that can be read: {cause}", cause=_cause(error))) from None
    with file:
        if not file.streams.video:
            raise MediaError(say("The file has no picture in it"))
        for stream in (*file.streams.video, *file.streams.audio):
            # Every thread takes address space, which is limited; the sandbox has processes instead.
            stream.codec_context.thread_count = 1
        seconds = _seconds(file)
        if seconds > limits.video_seconds:
            raise _too_long(seconds, limits)
        yield file


def _frames(file: Any, limits: Limits) -> Iterator[tuple[float, Any]]:
    """Give (seconds, frame) of the first video stream. Raises MediaError where the file ends before it says."""
    stream, ends = file.streams.video[0], _Ends()
    _check_size(int(stream.width), int(stream.height), limits)
    for packet in file.demux():
        ends.see(packet, packet.stream is stream)
        for frame in packet.decode() if packet.stream is stream else ():
            seconds = _time(file, frame)
            if seconds > limits.video_seconds:
                raise _too_long(seconds, limits)
            _check_size(frame.width, frame.height, limits)
            yield seconds, frame
    said, end = _seconds(file), ends.last - _start(file)
    if said > end + ends.longest_gap + CUT_SECONDS:
        raise MediaError(
            say("The file is cut off: it says {said:.1f} s and ends after {seconds:.1f} s", said=said, seconds=end)
        )


class _Ends:
    """Where the packets seen so far end (seconds), of any stream; a slide show shows its last picture long."""

    def __init__(self) -> None:
        self.last = self.longest_gap = self._shown = 0.0

    def see(self, packet: Any, picture: bool) -> None:
        if packet.pts is None:
            return
        start = float(packet.pts * packet.time_base)
        self.last = max(self.last, start + float((packet.duration or 0) * packet.time_base))
        if picture and start > self._shown:
            self.longest_gap, self._shown = max(self.longest_gap, start - self._shown if self._shown else 0.0), start


def _pieces(file: Any, limits: Limits) -> Iterator[np.ndarray[Any, np.dtype[np.float32]]]:
    """Give the first sound track piece by piece, with silence where it has nothing. Raises MediaError."""
    import av

    resampler = av.AudioResampler(format="fltp", layout="mono", rate=limits.rate)
    done, most = 0, int(limits.video_seconds * limits.rate)
    for frame in (*file.decode(file.streams.audio[0]), None):
        if frame is not None:
            missing = round(_time(file, frame) * limits.rate) - done
            # What is less is the resampler's own delay, and rounded times.
            if missing > (limits.rate * GAP_SECONDS if done else 0):
                done += min(missing, most + 1)
                yield np.zeros(min(missing, most + 1), np.float32)
        for made in resampler.resample(frame):
            piece = made.to_ndarray()[0].astype(np.float32)
            done += len(piece)
            yield piece
        if done > most:
            raise _too_long(done / limits.rate, limits)


def _time(file: Any, frame: Any) -> float:
    return max(0.0, float(frame.time or 0.0) - _start(file))


def _start(file: Any) -> float:
    return float(file.start_time or 0) / AV_TIME_BASE


def _facts(file: Any) -> dict[str, str]:
    stream = file.streams.video[0]
    facts = {"size": f"{stream.width}x{stream.height}", "seconds": f"{_seconds(file):.3f}"}
    if stream.average_rate:
        facts["fps"] = f"{float(stream.average_rate):g}"
    facts["sound"] = "yes" if file.streams.audio else "no"
    return facts


def _seconds(file: Any) -> float:
    return float(file.duration or 0) / AV_TIME_BASE


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
    pixels = np.asarray(frame.to_ndarray(format="rgb24", width=width, height=height), dtype=np.uint8)
    return np.rot90(pixels, round(frame.rotation / 90))


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
