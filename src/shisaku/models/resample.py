"""Waves brought to the rate that the speech models were trained at."""

from __future__ import annotations

import numpy as np

from shisaku.models.mel import RATE
from shisaku.models.roles import Wave


def resampled(wave: Wave, rate: int) -> Wave:
    """Return the wave, whose rate is `rate` Hz, at 16 kHz."""
    if rate == RATE:
        return np.asarray(wave, dtype=np.float32)
    import soxr

    return np.asarray(soxr.resample(wave, rate, RATE), dtype=np.float32)
