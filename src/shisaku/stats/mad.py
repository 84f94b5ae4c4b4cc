"""How far values lie from the middle of their own distribution where many of them may be odd on one side."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shisaku.stats.robust import TO_SD


def mad_z(values: npt.ArrayLike, least_spread: float) -> npt.NDArray[np.float64]:
    """Return (value - median) / spread, the spread being 1.4826 times the median absolute deviation of both sides.

    One spread for both sides withstands twice as many odd values on one side as a spread for each
    (`robust.robust_distance`), and calls more of a skewed distribution odd. It is at least `least_spread` > 0.
    """
    x = np.asarray(values, dtype=np.float64)
    if x.size == 0:
        return x
    away = x - np.median(x)
    return np.asarray(away / max(float(TO_SD * np.median(np.abs(away))), least_spread), dtype=np.float64)
