"""The median of few values, with an interval that needs no distribution."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt


def median_interval(values: npt.ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Return (median, low, high): order statistics chosen by the binomial distribution (Thompson 1936).

    The interval covers the median of the population with at least `level`, whatever the distribution; for fewer than
    six values there is none at 95 %, and its ends are infinite. Raises ValueError for no values.
    """
    from scipy.stats import binom

    x = np.sort(np.asarray(values, dtype=np.float64))
    if not x.size:
        raise ValueError("the median of nothing")
    # Largest k with P(fewer than k of n values lie below the median) <= (1 - level) / 2 on either side.
    k = int(binom.ppf((1 - level) / 2, x.size, 0.5))
    if binom.cdf(k, x.size, 0.5) > (1 - level) / 2:
        k -= 1
    low, high = (float(x[k]), float(x[x.size - 1 - k])) if k >= 0 else (-math.inf, math.inf)
    return float(np.median(x)), low, high
