"""The delete-a-group jackknife: a standard error for figures that a bootstrap with repetition would falsify."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

GROUPS = 20
LEVEL = 0.95
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Jackknifed:
    """A figure of the whole with its standard error, Student's t with `df` degrees of freedom, and on how many."""

    value: float
    se: float
    df: int
    n: int

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Return the two-sided interval."""
        reach = self.reach((1.0 - level) / 2.0)
        return self.value - reach, self.value + reach

    def share(self) -> tuple[float, float]:
        """Return the two-sided interval of a figure that lies in [0, 1]."""
        low, high = self.interval()
        return max(0.0, low), min(1.0, high)

    def reach(self, tail: float) -> float:
        """Return how far an end with the one-sided error `tail` is from the figure."""
        return _quantile(self.df, tail) * self.se


def jackknife(entities: Sequence[Hashable], figure: Callable[[Places], float], groups: int = GROUPS) -> Jackknifed:
    """Return `figure` of all places and its standard error from leaving out one group of entities after the other.

    The variance is (g - 1) / g times the sum of squared deviations of the g figures from their mean (Kott, Journal of
    Official Statistics 17:521, 2001). By Efron and Stein (Annals of Statistics 9:586, 1981) it is on average not too
    small for figures that do not care about the order. A bootstrap repeats items, which a count of different things
    takes for copies. Entities are dealt to groups in the order of their first item, so the caller shuffles.
    Raises ValueError for fewer than two entities.
    """
    place = {name: k for k, name in enumerate(dict.fromkeys(entities))}
    if len(place) < 2:
        raise ValueError(f"needs two entities or more, got {len(place)}")
    count = min(groups, len(place))
    block = np.array([place[name] % count for name in entities], np.intp)
    left = np.array([figure(np.flatnonzero(block != k)) for k in range(count)], np.float64)
    variance = (count - 1) / count * float(((left - left.mean()) ** 2).sum())
    return Jackknifed(figure(np.arange(len(block))), math.sqrt(variance), count - 1, len(block))


def apart(one: Jackknifed, other: Jackknifed, share: float = 1.0) -> Jackknifed:
    """Return `one` less `share` times `other`, for figures of sets that are independent of each other."""
    se = math.hypot(one.se, share * other.se)
    return Jackknifed(one.value - share * other.value, se, min(one.df, other.df), min(one.n, other.n))


def _quantile(df: int, tail: float) -> float:
    from scipy.special import stdtrit

    return float(-stdtrit(df, tail))
