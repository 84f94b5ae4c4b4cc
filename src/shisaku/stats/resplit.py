"""Intervals over repeated train/test splits of one finite dataset."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shisaku.stats.estimate import TEstimate


def resplit_variance_factor(splits: int, n_test: float, n_train: float) -> float:
    """Return 1/J + n_test/n_train, the corrected factor of the sample variance (Nadeau and Bengio 2003)."""
    return 1.0 / splits + n_test / n_train


def nadeau_bengio(
    differences: Sequence[float] | npt.ArrayLike, n_test: float, n_train: float, tested: int = 0
) -> TEstimate:
    """Estimate the mean of J paired differences whose splits overlap.

    Splits of one dataset are not independent, so the variance of the mean is (1/J + n_test/n_train) s^2
    with J - 1 degrees of freedom (Nadeau and Bengio, Machine Learning 52:239, 2003). `n_train` is the
    number of real items actually trained on. With `tested` (distinct items tested over all splits) s^2 is
    not taken below 1 / (tested n_test), the variance that one item changing sides would make: equal
    differences on few items are no proof of equality. Raises ValueError for fewer than two splits.
    """
    values = _checked(differences)
    if n_test <= 0 or n_train <= 0:
        raise ValueError(f"n_test and n_train must be positive, got {n_test} and {n_train}")
    mean, variance = _moments(values)
    floor = 1.0 / (tested * n_test) if tested else 0.0
    factor = resplit_variance_factor(len(values), n_test, n_train)
    return TEstimate(mean, math.sqrt(factor * max(variance, floor)), len(values) - 1, "nadeau_bengio_t")


def paired_t(differences: Sequence[float] | npt.ArrayLike) -> TEstimate:
    """Estimate the mean of independent paired differences (Student's t); for resplits it is too narrow.

    Raises ValueError for fewer than two differences.
    """
    values = _checked(differences)
    mean, variance = _moments(values)
    return TEstimate(mean, math.sqrt(variance / len(values)), len(values) - 1, "paired_t")


def _moments(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    # Equal differences must give exactly no spread, whatever rounding their mean suffers.
    if np.ptp(values) < 1e-15:
        return float(values[0]), 0.0
    return float(values.mean()), float(values.var(ddof=1))


def _checked(differences: Sequence[float] | npt.ArrayLike) -> npt.NDArray[np.float64]:
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"at least two differences are needed, got shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("differences must be finite")
    return values
