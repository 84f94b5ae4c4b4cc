"""The mean of values that lie within known bounds, with an interval that few and rare events do not break."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.core.seed import rng_for
from shisaku.stats.estimate import DrawsEstimate, Floats

DRAWS = 10_000
BLOCK = 1000
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class BoundedEstimate:
    """A mean with draws for its lower and for its upper bound (an `Estimate`), resting on `units` groups."""

    mean: float
    lower: DrawsEstimate
    upper: DrawsEstimate
    units: int
    method: str = "bounded_mean"

    def low(self, level: float) -> float:
        """Lower bound with one-sided error `level`."""
        return self.lower.low(level)

    def high(self, level: float) -> float:
        """Upper bound with one-sided error `level`."""
        return self.upper.high(level)

    def p_above(self, margin: float) -> float:
        """One-sided p of "the mean is at most `margin`"."""
        return self.lower.p_above(margin)

    def p_below(self, margin: float) -> float:
        """One-sided p of "the mean is at least `margin`"."""
        return self.upper.p_below(margin)


@dataclass(frozen=True, slots=True)
class Strata:
    """Which stratum each item is of (`codes`), the share of each stratum in the mean, and the bounds of its values."""

    codes: Codes
    shares: Floats
    low: Floats
    high: Floats

    @classmethod
    def one(cls, items: int, low: float, high: float) -> Strata:
        """All items are of one stratum."""
        return cls(np.zeros(items, np.intp), np.ones(1), np.array([low]), np.array([high]))


def group_codes(groups: Sequence[object] | npt.NDArray[np.generic] | None, items: int) -> Codes:
    """Return the number of each item's group; without groups every item is one. Raises ValueError for another count."""
    if groups is None:
        return np.arange(items)
    if len(groups) != items:
        raise ValueError(f"needs a group per item, got {len(groups)} for {items}")
    return np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)[1].astype(np.intp)


def bounded_mean(
    values: npt.ArrayLike,
    strata: Strata,
    groups: Sequence[object] | npt.NDArray[np.generic] | None = None,
    *,
    seed: int = 0,
    draws: int = DRAWS,
) -> BoundedEstimate:
    """Return the mean over strata, by their shares, of the mean value in each.

    A draw weighs the groups by independent exponentials, and beside them one group more of the usual size whose items
    all have the worst value there is: the upper bound is a quantile of what these weighted means are, the lower bound
    likewise with the best value. For independent zeros and ones this is the interval of Clopper and Pearson, for other
    bounded values that of Gaffke (Mathematical Methods of Statistics 14:451, 2005; Learned-Miller and Thomas,
    arXiv 1905.06208), conjectured to cover at any sample size. What was never seen may still happen: no event among few
    groups leaves a high upper bound, which more events do not lower. A design effect or a bootstrap of groups can do
    that, and misses rare events far too often. Raises ValueError for a value outside the bounds of its stratum, or a
    stratum that has a share and no item.
    """
    x, k = np.asarray(values, dtype=np.float64), len(strata.shares)
    if x.ndim != 1 or not x.size or len(strata.codes) != x.size:
        raise ValueError(f"needs a value per item, at least one, got shape {x.shape} for {len(strata.codes)}")
    slack = 1e-9 * (1 + np.abs(strata.high) + np.abs(strata.low))
    if not ((x >= (strata.low - slack)[strata.codes]) & (x <= (strata.high + slack)[strata.codes])).all():
        raise ValueError("a value lies outside the bounds of its stratum, or is not a number")
    group = group_codes(groups, x.size)
    flat, cells = group * k + strata.codes, (int(group.max()) + 1) * k
    sums: Floats = np.bincount(flat, weights=x, minlength=cells).reshape(-1, k).astype(np.float64)
    counts: Floats = np.bincount(flat, minlength=cells).reshape(-1, k).astype(np.float64)
    used = np.flatnonzero(strata.shares > 0)
    if (counts.sum(axis=0)[used] == 0).any():
        raise ValueError(f"stratum {int(used[counts.sum(axis=0)[used] == 0][0])} has a share, but no item")
    mean = float(strata.shares[used] @ (sums.sum(axis=0)[used] / counts.sum(axis=0)[used]))
    ends = _drawn(sums, counts, strata, used, rng_for(seed, "bounded_mean", ""), draws)
    lower, upper = (DrawsEstimate(mean, one, math.inf, "bounded_mean") for one in ends)
    return BoundedEstimate(mean, lower, upper, len(sums))


def _drawn(
    sums: Floats, counts: Floats, strata: Strata, used: Codes, rng: np.random.Generator, draws: int
) -> tuple[Floats, Floats]:
    """Return draws of the mean with one group more at its best and at its worst."""
    # Groups that are alike share one weight of as many exponentials: the same draws, far fewer numbers.
    kinds, times = np.unique(np.concatenate([sums, counts], axis=1), axis=0, return_counts=True)
    won, seen = kinds[:, : counts.shape[1]], kinds[:, counts.shape[1] :]
    size = counts.sum(axis=0) / np.maximum(1, (counts > 0).sum(axis=0))
    low, high = np.zeros(draws), np.zeros(draws)
    for start in range(0, draws, BLOCK):
        part = slice(start, min(start + BLOCK, draws))
        weight = rng.gamma(times, size=(part.stop - start, len(times)))
        for k in used:
            more = rng.exponential(size=len(weight)) * size[k]
            total, there = weight @ won[:, k], weight @ seen[:, k] + more
            low[part] += strata.shares[k] * (total + more * strata.low[k]) / there
            high[part] += strata.shares[k] * (total + more * strata.high[k]) / there
    return low, high
