"""How much of the error that a study allows itself each of several rounds of the same test may use."""

from __future__ import annotations

import math
from typing import Literal

Spending = Literal["obrien_fleming", "pocock", "equal"]


def spent(round: int, rounds: int, alpha: float, kind: Spending = "obrien_fleming") -> float:
    """Return the two-sided level of round 1, 2, ... `rounds`; the levels of all rounds sum to `alpha`.

    The spending functions of Lan and DeMets (Biometrika 70:659, 1983) at the information fraction round / rounds:
    ``obrien_fleming`` (hardly anything early, nearly all at the end) is 2 - 2 Phi(z / sqrt(t)) on each side with
    alpha / 2, ``pocock`` alpha log(1 + (e - 1) t), ``equal`` alpha t. The increment itself is the level of its round
    (Bonferroni over rounds), so the chance of any false finding stays within `alpha` whatever the dependence between
    rounds that share data; boundaries that use that dependence would be less strict, and need it known.

    It holds for questions that were there before, and for any question asked of fresh items. A question that was chosen
    by looking at the same test items is not covered: no split of alpha pays for that (Dwork et al., Science 349:636,
    2015). `rounds` is fixed before the first. Raises ValueError unless 1 <= round <= rounds and 0 < alpha < 1.
    """
    if not 1 <= round <= rounds or not 0 < alpha < 1:
        raise ValueError(f"needs 1 <= round <= rounds and 0 < alpha < 1, got round {round} of {rounds}, alpha {alpha}")
    return _by(round / rounds, alpha, kind) - _by((round - 1) / rounds, alpha, kind)


def _by(fraction: float, alpha: float, kind: Spending) -> float:
    """Return what is spent in all by that fraction of the information."""
    from scipy.special import ndtr, ndtri

    if fraction == 0:
        return 0.0
    if kind == "obrien_fleming":
        return float(4 * ndtr(ndtri(alpha / 4) / math.sqrt(fraction)))
    if kind == "pocock":
        return alpha * math.log1p((math.e - 1) * fraction)
    if kind == "equal":
        return alpha * fraction
    raise ValueError(f"spending is obrien_fleming, pocock or equal, not {kind!r}")
