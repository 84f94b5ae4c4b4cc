"""The frames of a video as far as looks at its picture need them: small, with their times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.reading import part_of
from shisaku.store.codecs import decode_frames

Small = npt.NDArray[np.uint8]
SIDE = 128


def small_frames(sample: Sample, name: str) -> tuple[npt.NDArray[np.float64], list[Small]]:
    """Return the times in seconds and the frames (uint8 RGB, at most 128 pixels a side). Raises DataError."""
    import cv2

    times, frames = [], []
    for seconds, frame in decode_frames(part_of(sample, name, "video")):
        height, width = frame.shape[:2]
        factor = min(1.0, SIDE / max(height, width))
        new = (max(1, round(width * factor)), max(1, round(height * factor)))
        times.append(seconds)
        frames.append(np.asarray(cv2.resize(frame, new, interpolation=cv2.INTER_AREA), dtype=np.uint8))
    if not times:
        raise DataError(say("Video {part} has no frames", part=name), where=sample.id)
    return np.array(times), frames


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds from `start` on in which something is so."""

    start: float
    seconds: float


def shown_for(times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how long every frame is shown; the last as long as the usual one (0 where it is the only one)."""
    if len(times) < 2:
        return np.zeros(len(times))
    gaps = np.diff(times)
    return np.append(gaps, np.median(gaps))


def stretches(times: npt.NDArray[np.float64], so: npt.NDArray[np.bool_]) -> Iterator[Stretch]:
    """Give every unbroken run of frames in which something is so, in order of time."""
    held = shown_for(times)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], so, [False]]).astype(np.int8)))
    for first, after in edges.reshape(-1, 2):
        # Sums of tenths of a second: a run of five frames is half a second, not a hair less.
        yield Stretch(float(times[first]), round(float(held[first:after].sum()), 6))


def longest(runs: list[Stretch]) -> Stretch:
    """Return the longest run, the first of several; one of no length where there is none."""
    return max(runs, key=lambda run: run.seconds, default=Stretch(0.0, 0.0))
