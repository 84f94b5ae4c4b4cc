"""A straight line through points some of which are wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Line:
    """The slope with its interval of `LEVEL`, and the value in the middle."""

    slope: float
    low: float
    high: float
    middle: float


def line_through(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Line | None:
    """Return the median of the slopes of all pairs (Theil 1950, Sen 1968); None for fewer than four points."""
    from scipy.stats import theilslopes

    if len(x) < 4 or np.ptp(x) == 0:
        return None
    slope, middle, low, high = theilslopes(y, x - x.mean(), LEVEL)
    return Line(float(slope), float(low), float(high), float(middle))
