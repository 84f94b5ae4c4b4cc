"""A rate with its interval, of items that may come in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.bounded_mean import Strata, bounded_mean, group_codes
from shisaku.stats.proportions import clopper_pearson

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `n` items in `units` groups, with its two-sided interval."""

    hits: int
    n: int
    low: float
    high: float
    units: int

    @property
    def value(self) -> float:
        """The share of hits."""
        return self.hits / self.n


def rate(
    hits: Sequence[bool] | npt.NDArray[np.bool_],
    groups: Sequence[object] | npt.NDArray[np.generic] | None = None,
    level: float = LEVEL,
    seed: int = 0,
) -> Rate:
    """Return the rate of `hits` with the exact interval, or with groups that of `bounded_mean`.

    Where no group holds two items the two are the same. Raises ValueError for no item, or a level outside (0, 1).
    """
    found = np.asarray(hits, dtype=np.bool_).ravel()
    if not found.size or not 0.0 < level < 1.0:
        raise ValueError(f"needs one item or more and a level inside (0, 1), got {found.size} and {level}")
    group, count = group_codes(groups, found.size), int(found.sum())
    units = int(group.max()) + 1
    if units == found.size:
        return Rate(count, units, *clopper_pearson(count, units, level), units)
    spread = bounded_mean(found.astype(np.float64), Strata.one(found.size, 0.0, 1.0), group, seed=seed)
    tail = (1.0 - level) / 2.0
    low = 0.0 if not count else spread.low(tail)
    high = 1.0 if count == found.size else spread.high(tail)
    return Rate(count, found.size, low, high, units)
