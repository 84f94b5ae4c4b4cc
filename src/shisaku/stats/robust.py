"""How far values lie from the middle of their own distribution, with nothing spoilt by the odd ones among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Median absolute deviation of a normal distribution to its standard deviation.
TO_SD = 1.482602218505602


def robust_distance(values: npt.ArrayLike, floor: float = 0.0) -> npt.NDArray[np.float64]:
    """Return (value - median) / spread of its side, signed; NaN nowhere.

    The spread of a side is 1.4826 times the median distance of the values on that side (double median absolute
    deviation), so that a long tail on one side does not hide what is odd on the other; up to half of the values may be
    anything (Rousseeuw and Croux, J. Am. Stat. Assoc. 88:1273, 1993). It is at least `floor`, so that values that
    are nearly all the same make no small step a large one; with a spread of 0 what lies beside the median is
    infinitely far.
    """
    x = np.asarray(values, dtype=np.float64)
    if x.size == 0:
        return x
    away = x - np.median(x)
    far = np.zeros_like(away)
    for side in (away > 0, away < 0):
        if side.any():
            spread = max(float(TO_SD * np.median(np.abs(away[side | (away == 0)]))), floor)
            far[side] = away[side] / spread if spread > 0 else np.copysign(np.inf, away[side])
    return far
