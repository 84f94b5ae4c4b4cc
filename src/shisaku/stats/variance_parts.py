"""How much of the scatter of one trial comes from the data split, and how much from the seed of init and synthesis."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class VarianceParts:
    """The parts of the variance of one trial's score: `split` (data split) and `init` (seed within a split).

    `share` is split / (split + init), with `interval` its two-sided interval; None where nothing varied at all (the
    interval is then all of [0, 1]). The share that is due to the seed is 1 - share. `truncated` says that the estimate
    of `split` was negative and was set to 0: splits differed by less than seeds alone make them differ. `f` and `p`
    test "the split makes no difference".
    """

    split: float
    init: float
    share: float | None
    interval: tuple[float, float]
    truncated: bool
    f: float
    p: float
    splits: int
    inits: int


def variance_parts(values: npt.ArrayLike, level: float = 0.95) -> VarianceParts:
    """Divide the variance of scores [splits, inits] by the balanced one-way random-effects model.

    Components by the analysis of variance, split = (MSA - MSE) / inits and init = MSE; the interval of the share from
    the F distribution is exact for normal data (Searle, Casella and McCulloch, Variance Components, 1992, section 3.6;
    ends truncated to [0, 1]). Splits of one dataset overlap, so `split` is the part of dealing the same items anew;
    other items would add to it. Raises ValueError for fewer than two splits or two inits, or values that are not
    finite.
    """
    from scipy.stats import f as f_distribution

    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or min(table.shape) < 2:
        raise ValueError(f"needs scores [splits, inits], at least two of each, got shape {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError("scores must be finite")
    splits, inits = table.shape
    between = inits * float(_variance(table.mean(axis=1)))
    within = float(np.mean([_variance(row) for row in table]))
    if between == within == 0:
        return VarianceParts(0.0, 0.0, None, (0.0, 1.0), False, math.nan, 1.0, splits, inits)
    f = between / within if within else math.inf
    df = splits - 1, splits * (inits - 1)
    tail = (1 - level) / 2
    ends = (_share(f / f_distribution.isf(tail, *df), inits), _share(f / f_distribution.ppf(tail, *df), inits))
    split = max(0.0, (between - within) / inits)
    p = float(f_distribution.sf(f, *df))
    return VarianceParts(split, within, split / (split + within), ends, between < within, f, p, splits, inits)


def _share(ratio: float, inits: int) -> float:
    return 1.0 if math.isinf(ratio) else max(0.0, (ratio - 1) / (ratio - 1 + inits))


def _variance(values: npt.NDArray[np.float64]) -> float:
    # Equal scores must give exactly no spread, whatever rounding their mean suffers.
    return 0.0 if np.ptp(values) < 1e-15 else float(values.var(ddof=1))
