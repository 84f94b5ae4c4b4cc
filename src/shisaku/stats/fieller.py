"""The ratio of two means with an interval."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt


def fieller(
    above: npt.ArrayLike, below: npt.ArrayLike, factor: float, level: float = 0.95
) -> tuple[float, float, float] | None:
    """Return mean(above) / mean(below) with its interval (Fieller, J. R. Stat. Soc. B 16:175, 1954), paired values.

    `factor` is what the sample (co)variances are multiplied with: 1/n for independent pairs, 1/J + n_test/n_train for
    resplits. None where the denominator's own interval holds 0: then the ratio may be anything.
    """
    from scipy.stats import t

    a, b = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    covariance = np.cov(a, b) * factor
    quantile = float(t.ppf((1 + level) / 2, len(a) - 1)) ** 2
    x, y = float(a.mean()), float(b.mean())
    spread = y * y - quantile * covariance[1, 1]
    if spread <= 0:
        return None
    middle = x * y - quantile * covariance[0, 1]
    inside = middle * middle - (x * x - quantile * covariance[0, 0]) * spread
    half = math.sqrt(max(0.0, inside))
    return x / y, (middle - half) / spread, (middle + half) / spread
