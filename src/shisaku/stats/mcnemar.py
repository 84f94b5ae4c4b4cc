"""Two models on the same items: which one is right alone, the p of equal error rates, and the difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.stats.proportions import mcnemar

INSIDE = 1e-12  # off the end, where the score has a root of its own when no item is discordant


@dataclass(frozen=True, slots=True)
class PairedProportions:
    """Counts of `n` independent items: right under the base model alone, and under the new one alone.

    It is an Estimate of the difference of the two shares of right items (new minus base), by inversion of the score
    test (Tango, Statistics in Medicine 17:891, 1998): it has a width even where no item is discordant. Items that come
    in groups (speakers, patients) are not independent: use `stats.clusters` for them.
    """

    only_base: int
    only_new: int
    n: int
    method: ClassVar[str] = "tango_score"

    def __post_init__(self) -> None:
        if min(self.only_base, self.only_new) < 0 or self.n < max(1, self.only_base + self.only_new):
            raise ValueError(f"{self.only_base} and {self.only_new} discordant items do not fit {self.n} items")

    @property
    def mean(self) -> float:
        """The difference of the shares of right items, new minus base."""
        return (self.only_new - self.only_base) / self.n

    @property
    def p_exact(self) -> float:
        """Two-sided p of equal error rates, binomial on the discordant items (McNemar 1947); never too small."""
        return mcnemar(self.only_base, self.only_new)

    @property
    def p_mid(self) -> float:
        """Two-sided mid-p of equal error rates: half the chance of what was seen is left out.

        Less cautious than the exact p, rarely and slightly above its level (Fagerland, Lydersen and Laake, BMC Medical
        Research Methodology 13:91, 2013).
        """
        from scipy.stats import binom

        fewer, discordant = min(self.only_base, self.only_new), self.only_base + self.only_new
        return min(1.0, float(2 * binom.cdf(fewer, discordant, 0.5) - binom.pmf(fewer, discordant, 0.5)))

    def low(self, level: float) -> float:
        """Lower bound with one-sided error `level` (below 0.5)."""
        from scipy.optimize import brentq
        from scipy.special import ndtri

        if not 0 < level < 0.5:
            raise ValueError(f"level must be between 0 and 0.5, got {level}")
        if self.only_base == self.n:
            return -1.0
        z, top = -float(ndtri(level)), self.mean - INSIDE

        def excess(margin: float) -> float:
            return self._distance(margin) - z * self._spread(margin)

        return float(brentq(excess, -1.0, top, xtol=1e-13)) if excess(top) < 0 else self.mean

    def high(self, level: float) -> float:
        """Upper bound with one-sided error `level` (below 0.5)."""
        return -PairedProportions(self.only_new, self.only_base, self.n).low(level)

    def p_above(self, margin: float) -> float:
        """One-sided p of "the difference is at most `margin`"."""
        from scipy.special import ndtr

        if abs(margin) > 1:
            return float(margin > 0)
        distance, spread = self._distance(margin), self._spread(margin)
        if spread == 0:
            return 0.5 if distance == 0 else float(distance < 0)
        return float(ndtr(-distance / spread))

    def p_below(self, margin: float) -> float:
        """One-sided p of "the difference is at least `margin`"."""
        return PairedProportions(self.only_new, self.only_base, self.n).p_above(-margin)

    def _distance(self, margin: float) -> float:
        return self.only_new - self.only_base - self.n * margin

    def _spread(self, margin: float) -> float:
        """Return the standard deviation of `_distance` if `margin` is true, at the likeliest share of `only_base`."""
        n, base, new = self.n, self.only_base, self.only_new
        b = (2 * n - new + base) * margin - new - base
        c = -base * margin * (1 - margin)
        share = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
        return math.sqrt(max(0.0, n * (2 * share + margin * (1 - margin))))


def paired_proportions(base_right: npt.ArrayLike, new_right: npt.ArrayLike) -> PairedProportions:
    """Count the discordant items of two models; both arrays [n] say of the same items whether the answer was right.

    Raises ValueError for no items, arrays of different length, or values that are not truth values.
    """
    base, new = np.asarray(base_right), np.asarray(new_right)
    if base.dtype != np.bool_ or new.dtype != np.bool_ or base.ndim != 1 or base.shape != new.shape or not base.size:
        raise ValueError(f"needs two rows of truth values about the same items, got {base.shape} and {new.shape}")
    return PairedProportions(int((base & ~new).sum()), int((new & ~base).sum()), len(base))
