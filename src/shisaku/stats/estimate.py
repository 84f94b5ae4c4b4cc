"""An effect with its sampling distribution: bounds at any level, and p against any margin, that agree."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Estimate(Protocol):
    """What a decision needs of an interval method.

    `low(level)` is above a margin exactly when `p_above(margin) < level`, and `high(level)` is below it
    exactly when `p_below(margin) < level`: intervals and tests can never disagree. Levels are one-sided
    (0.025 for the end of a two-sided 95 % interval).
    """

    @property
    def mean(self) -> float:
        """The effect, in metric units."""
        ...

    @property
    def method(self) -> str:
        """Name of the interval method."""
        ...

    def low(self, level: float) -> float:
        """Lower bound with one-sided error `level`."""
        ...

    def high(self, level: float) -> float:
        """Upper bound with one-sided error `level`."""
        ...

    def p_above(self, margin: float) -> float:
        """One-sided p of "the effect is at most `margin`"."""
        ...

    def p_below(self, margin: float) -> float:
        """One-sided p of "the effect is at least `margin`"."""
        ...


@dataclass(frozen=True, slots=True)
class TEstimate:
    """A mean with standard error `se` and Student's t with `df` degrees of freedom."""

    mean: float
    se: float
    df: float
    method: str

    def low(self, level: float) -> float:
        """Lower bound with one-sided error `level`."""
        return self.mean - self._reach(level)

    def high(self, level: float) -> float:
        """Upper bound with one-sided error `level`."""
        return self.mean + self._reach(level)

    def p_above(self, margin: float) -> float:
        """One-sided p of "the effect is at most `margin`"."""
        return self._tail(self.mean - margin)

    def p_below(self, margin: float) -> float:
        """One-sided p of "the effect is at least `margin`"."""
        return self._tail(margin - self.mean)

    def _reach(self, level: float) -> float:
        from scipy.special import stdtrit

        return float(-stdtrit(self.df, level)) * self.se

    def _tail(self, distance: float) -> float:
        from scipy.special import stdtr

        if self.se == 0.0:
            return 0.0 if distance > 0 else 1.0
        return float(stdtr(self.df, -distance / self.se))


@dataclass(frozen=True, slots=True)
class DrawsEstimate:
    """A mean with bootstrap `draws` (kept sorted), read as an expanded percentile interval.

    Percentile ends are too narrow for few units; the level is widened from normal to Student's t with
    `df` degrees of freedom before the quantile is taken (Hesterberg 2015, The American Statistician
    69:371, section 5.3).
    """

    mean: float
    draws: Floats
    df: float
    method: str
    _sorted: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sorted", np.sort(self.draws))

    def low(self, level: float) -> float:
        """Lower bound with one-sided error `level`; minus infinity when the draws are too few for it."""
        rank = self._rank(level)
        return float(self._sorted[rank]) if rank >= 0 else -math.inf

    def high(self, level: float) -> float:
        """Upper bound with one-sided error `level`; infinity when the draws are too few for it."""
        rank = self._rank(level)
        return float(self._sorted[-1 - rank]) if rank >= 0 else math.inf

    def p_above(self, margin: float) -> float:
        """One-sided p of "the effect is at most `margin`"."""
        return self._p(int(np.searchsorted(self._sorted, margin, side="right")))

    def p_below(self, margin: float) -> float:
        """One-sided p of "the effect is at least `margin`"."""
        return self._p(len(self._sorted) - int(np.searchsorted(self._sorted, margin, side="left")))

    def _p(self, beyond: int) -> float:
        # (beyond + 1) / (draws + 1) never says p = 0; the same count is what `_rank` inverts.
        from scipy.special import ndtri, stdtr

        share = (beyond + 1) / (len(self._sorted) + 1)
        return 1.0 if share >= 1 else float(stdtr(self.df, ndtri(share)))

    def _rank(self, level: float) -> int:
        """Largest count beyond a margin that still gives p < level."""
        from scipy.special import ndtr, stdtrit

        share = float(ndtr(stdtrit(self.df, level)))
        rank = math.ceil(share * (len(self._sorted) + 1) - 1) - 1
        while rank >= 0 and self._p(rank) >= level:  # rounding of the two special functions
            rank -= 1
        while self._p(rank + 1) < level:
            rank += 1
        return rank
