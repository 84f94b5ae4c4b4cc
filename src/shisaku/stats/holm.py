"""Holm's step-down levels, so that every interval is read at the level its test was decided at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HolmLevel:
    """The one-sided level that Holm left to a hypothesis, and whether it was rejected there."""

    level: float
    rejected: bool


def holm(p_values: Sequence[float], alpha: float) -> list[HolmLevel]:
    """Return one level per p-value, in the order given (Holm, Scand. J. Statist. 6:65, 1979).

    The i-th smallest of m is tested at alpha / (m - i + 1), rejected when p is below it; at the first
    failure testing stops and that level goes to all the rest. `alpha` is one-sided.
    """
    order = sorted(range(len(p_values)), key=lambda i: (p_values[i], i))
    levels = [HolmLevel(alpha, False)] * len(p_values)
    stopped = 0.0
    for step, index in enumerate(order):
        level = stopped or alpha / (len(order) - step)
        rejected = not stopped and p_values[index] < level
        if not rejected:
            stopped = level
        levels[index] = HolmLevel(level, rejected)
    return levels
