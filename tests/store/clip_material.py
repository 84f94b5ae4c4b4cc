"""Makes small video files with FFmpeg's own writer: what a camera would leave, and what it would not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

TICKS = 1000  # of the stream's clock in a second
RATE = 16_000


def save_clip(
    path: Path,
    times: Sequence[float] = tuple(n / 10 for n in range(10)),
    *,
    size: tuple[int, int] = (64, 48),
    codec: str = "mpeg4",
    sound: tuple[float, float] | None = None,
    sound_codec: str = "aac",
) -> Path:
    """Write frames that get brighter, shown at `times`; `sound` = (start, length in seconds) of a 440 Hz tone.

    MPEG-1 and MPEG-2 know certain frame rates only, and get their frames at 25 a second.
    """
    ticks = 25 if codec.startswith(("mpeg1", "mpeg2")) else TICKS
    with av.open(str(path), "w") as file:
        picture = file.add_stream(codec, rate=ticks)
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        picture.time_base = picture.codec_context.time_base = Fraction(1, ticks)
        voice = file.add_stream(sound_codec, rate=RATE, layout="mono") if sound else None
        for n, seconds in enumerate(times):
            frame = av.VideoFrame.from_ndarray(_grey(n, len(times), size), format="rgb24")
            frame.pts, frame.time_base = (n if ticks == 25 else round(seconds * ticks)), Fraction(1, ticks)
            file.mux(picture.encode(frame))
        file.mux(picture.encode())
        if voice is not None and sound is not None:
            _speak(file, voice, *sound)
    return path


def brightness(n: int, of: int) -> int:
    """What every pixel of frame `n` is."""
    return 20 + round(200 * n / max(1, of))


def _grey(n: int, of: int, size: tuple[int, int]) -> np.ndarray:
    return np.full((size[1], size[0], 3), brightness(n, of), np.uint8)


def _speak(file: av.container.OutputContainer, voice: av.AudioStream, start: float, length: float) -> None:
    step = 1024
    wave = (0.4 * np.sin(2 * np.pi * 440 * np.arange(int(length * RATE)) / RATE)).astype(np.float32)
    for at in range(0, len(wave) - step + 1, step):
        frame = av.AudioFrame.from_ndarray(wave[None, at : at + step], format="fltp", layout="mono")
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = round(start * RATE) + at
        file.mux(voice.encode(frame))
    file.mux(voice.encode())
