"""The level of a recording over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

FRAME = 0.02  # seconds
FLOOR = 1e-10  # power of the last bit of 16
LEAST_PEAK = 1e-3
LOUD = 95.0  # percentile of frames that stands for the level of what is recorded

Levels = npt.NDArray[np.float64]


def frame_levels(wave: Wave, rate: int) -> Levels:
    """Return the level of every 20 ms in decibels below full scale. Raises DataError if there are not three."""
    size = round(FRAME * rate)
    n = len(wave) // size
    if n < 3:
        raise DataError(say("The recording is shorter than {seconds:g} s", seconds=3 * FRAME))
    power = np.square(wave[: n * size].reshape(n, size), dtype=np.float64).mean(axis=1)
    return np.asarray(10.0 * np.log10(power + FLOOR), dtype=np.float64)


def must_sound(wave: Wave) -> None:
    """Raise DataError for a wave that never comes within 60 dB of full scale: nothing can be said of it."""
    if float(np.abs(wave).max()) < LEAST_PEAK:
        raise DataError(say("There is nothing but silence in the recording"))


def silent_frames(levels: Levels, below_loud: float, below_full: float) -> npt.NDArray[np.bool_]:
    """Return which frames lie `below_loud` dB under the loud ones or `below_full` dB under full scale."""
    return np.asarray(levels < max(float(np.percentile(levels, LOUD)) - below_loud, -below_full), dtype=np.bool_)
