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


def nadeau_bengio(differences: Sequence[float] | npt.ArrayLike, n_test: float, n_train: float) -> TEstimate:
    """Estimate the mean of J paired differences whose splits overlap.

    Splits of one dataset are not independent, so the variance of the mean is (1/J + n_test/n_train) s^2
    with J - 1 degrees of freedom (Nadeau and Bengio, Machine Learning 52:239, 2003). `n_train` is the
    number of real items actually trained on. Raises ValueError for fewer than two splits.
    """
    values = _checked(differences)
    if n_test <= 0 or n_train <= 0:
        raise ValueError(f"n_test and n_train must be positive, got {n_test} and {n_train}")
    factor = resplit_variance_factor(len(values), n_test, n_train)
    se = math.sqrt(factor) * float(values.std(ddof=1))
    return TEstimate(float(values.mean()), se, len(values) - 1, "nadeau_bengio_t")


def paired_t(differences: Sequence[float] | npt.ArrayLike) -> TEstimate:
    """Estimate the mean of independent paired differences (Student's t); for resplits it is too narrow.

    Raises ValueError for fewer than two differences.
    """
    values = _checked(differences)
    se = float(values.std(ddof=1)) / math.sqrt(len(values))
    return TEstimate(float(values.mean()), se, len(values) - 1, "paired_t")


def _checked(differences: Sequence[float] | npt.ArrayLike) -> npt.NDArray[np.float64]:
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"at least two differences are needed, got shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("differences must be finite")
    spread = float(np.ptp(values))
    # Equal differences must give exactly no spread, whatever rounding their mean suffers.
    return np.full_like(values, values[0]) if spread < 1e-15 else values
