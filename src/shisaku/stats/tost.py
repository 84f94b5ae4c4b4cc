"""Equivalence: whether an effect is shown to lie within a margin on both sides."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shisaku.stats.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests of "the effect is at least `delta` away from 0"; `p` is the larger of the two."""

    delta: float
    p_low: float
    p_high: float

    @property
    def p(self) -> float:
        """The p of "the effect is not within (-delta, delta)"; no correction for two tests is due."""
        return max(self.p_low, self.p_high)

    def equivalent(self, level: float) -> bool:
        """Say whether equality within `delta` is shown with one-sided error `level`.

        This is so exactly when the interval with `level` at each end (90 % for 0.05) lies within (-delta, delta).
        """
        return self.p < level


def tost(estimate: Estimate, delta: float) -> Equivalence:
    """Test an effect for equivalence within +-`delta` (Schuirmann, J. Pharmacokin. Biopharm. 15:657, 1987).

    That no difference is shown is never equality; this is. Raises ValueError unless `delta` is positive and finite.
    """
    if not 0 < delta < math.inf:
        raise ValueError(f"delta must be positive and finite, got {delta}")
    return Equivalence(delta, estimate.p_above(-delta), estimate.p_below(delta))
