"""How much happens at each moment: in a sound, in a picture that moves, in a list of times; all on one fine grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

Curve = npt.NDArray[np.float64]

STEP = 0.005  # seconds between two values of a curve
WINDOW = 0.02  # seconds of sound that one spectrum sees
BANDS = 24
FLOOR = 1e-4  # band energy, relative to the loudest, below which a sound is not heard
LONG_SIDE = 96  # pixels of the frames that are compared
GRID = 3  # regions along each side of a frame


def sound_curves(wave: Wave, rate: int, seconds: float) -> Curve:
    """Return [2, n]: spectral flux (what begins) and loudness (what goes on), one value every `STEP` seconds.

    The flux is the sum over bands of the rise of the log energy, falls left out (Dixon 2006, "Onset detection
    revisited"); every value belongs to the middle of its step.
    """
    level = np.log(_band_energies(wave, rate, seconds) + FLOOR) - np.log(FLOOR)
    rise = np.maximum(0.0, level[2:] - level[:-2]).sum(axis=1)
    return np.stack([np.pad(rise, 1), level.mean(axis=1)])


def _band_energies(wave: Wave, rate: int, seconds: float) -> Curve:
    n, width = max(3, round(seconds / STEP)), round(WINDOW * rate)
    centres = np.rint((np.arange(n) + 0.5) * STEP * rate).astype(np.int64)
    held = np.pad(np.asarray(wave, np.float64), (width, max(0, int(centres[-1]) + width - len(wave))))
    edges = np.unique(np.rint(np.geomspace(2, width // 2 + 1, BANDS + 1)).astype(np.int64))
    found, window = np.empty((n, len(edges) - 1)), np.hanning(width)
    for start in range(0, n, 4096):  # a recording of an hour must not be in memory a hundred times
        at = centres[start : start + 4096, None] + width - width // 2 + np.arange(width)
        power = np.abs(np.fft.rfft(held[at] * window, axis=1)) ** 2
        found[start : start + 4096] = np.add.reduceat(power, edges[:-1], axis=1)
    return np.asarray(found / max(float(found.max()), 1e-12))


def changes(frames: Iterable[Any]) -> Curve:
    """Return [frames - 1, 1 + GRID**2]: by how many grey levels the picture and each region differ from the one before.

    Frames are uint8 [height, width, 3]; one at a time is held.
    """
    return np.array([_changes(one, other) for one, other in pairwise(_small(frame) for frame in frames)])


def spread(times: npt.ArrayLike, amounts: npt.ArrayLike, seconds: float) -> Curve:
    """Return the rate of `amounts`, each of which came about between two neighbouring `times`, every `STEP` seconds.

    Each is spread evenly over its time, so that uneven times (dropped frames) weigh what they should and no time is
    rounded to a frame.
    """
    edges = np.arange(max(3, round(seconds / STEP)) + 1) * STEP
    total = np.concatenate([[0.0], np.cumsum(np.asarray(amounts, np.float64))])
    return np.asarray(np.diff(np.interp(edges, np.asarray(times, np.float64), total)) / STEP)


def event_curve(times: Sequence[float], seconds: float) -> Curve:
    """Return [1, n]: 1 where an event is, every `STEP` seconds."""
    found = np.zeros((1, max(3, round(seconds / STEP))))
    at = np.floor(np.asarray(times, np.float64) / STEP).astype(np.int64)
    np.add.at(found[0], at[(at >= 0) & (at < found.shape[1])], 1.0)
    return found


def _small(frame: Any) -> npt.NDArray[np.float32]:
    import cv2

    grey = cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY)
    factor = min(1.0, LONG_SIDE / max(grey.shape))
    size = (max(GRID, round(grey.shape[1] * factor)), max(GRID, round(grey.shape[0] * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _changes(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> list[float]:
    change = np.abs(one - other)
    regions = [cell for band in np.array_split(change, GRID) for cell in np.array_split(band, GRID, axis=1)]
    return [float(part.mean()) for part in (change, *regions)]
