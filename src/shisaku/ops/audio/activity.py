"""Where in a recording something is going on, and how strong it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shisaku.ops.audio.levels import FRAME, frame_levels, silent_frames

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

BELOW_LOUD = 40.0
BELOW_FULL = 80.0
FEWEST = 3  # frames

Mask = npt.NDArray[np.bool_]


def active(wave: Wave, rate: int) -> Mask:
    """Return which samples are active: in frames of 20 ms at most 40 dB below the loud ones; all if under 60 ms."""
    size = round(FRAME * rate)
    if size == 0 or wave.size < FEWEST * size:
        return np.ones(wave.size, dtype=np.bool_)
    frames = ~silent_frames(frame_levels(wave, rate), BELOW_LOUD, BELOW_FULL)
    mask = frames.repeat(size)
    return np.pad(mask, (0, wave.size - mask.size), mode="edge")


def power(wave: Wave, where: Mask) -> float:
    """Return the mean power of the samples that are marked, 0 where none is."""
    marked = wave[where]
    return float(np.mean(np.square(marked, dtype=np.float64))) if marked.size else 0.0


def at_snr(wave: Wave, noise: Wave, where: Mask, snr: float) -> Wave:
    """Scale noise that sounds where marked so that its power there lies `snr` dB below that of the wave."""
    factor = np.sqrt(power(wave, where) / power(noise, where)) * 10.0 ** (-snr / 20.0)
    return np.asarray(noise * factor, dtype=np.float32)
