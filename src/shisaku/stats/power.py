"""What a plan can prove: power of one-sided t decisions, and the smallest effect it can show."""

from __future__ import annotations

import math

from shisaku.stats.resplit import resplit_variance_factor

POWER = 0.80


def t_power(shift: float, df: float, level: float) -> float:
    """Return P(lower bound > margin) when the truth is `shift` standard errors above it (noncentral t)."""
    from scipy.stats import nct, t

    return float(nct.sf(t.isf(level, df), df, shift))


def shift_needed(df: float, level: float, power: float = POWER) -> float:
    """Return how many standard errors above the margin the truth must be for that power.

    Raises ValueError unless level < power < 1.
    """
    from scipy.optimize import brentq

    if not level < power < 1:
        raise ValueError(f"power must be between the level {level} and 1, got {power}")
    # One degree of freedom needs some 20 standard errors at 0.025: the bracket is widened until it holds.
    top = 8.0
    while t_power(top, df, level) < power:
        top *= 2
    return float(brentq(lambda shift: t_power(shift, df, level) - power, 0.0, top, xtol=1e-6))


def resplit_se(sd: float, splits: int, n_test: float, n_train: float) -> float:
    """Return the Nadeau-Bengio standard error for an sd of the paired difference over splits."""
    return sd * math.sqrt(resplit_variance_factor(splits, n_test, n_train))


def cluster_se(item_sd: float, clusters: int, sd: float, splits: int) -> float:
    """Return the cluster t standard error: item_sd^2 / G + sd^2 / J under the root."""
    return math.sqrt(item_sd**2 / clusters + sd**2 / splits)


def provable_distance(se: float, df: float, level: float, power: float = POWER) -> float:
    """Return how far beyond a margin the truth must lie to be shown beyond it with that power."""
    return shift_needed(df, level, power) * se
