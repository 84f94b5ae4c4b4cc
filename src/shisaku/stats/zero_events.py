"""What may still happen where nothing was seen to happen: "0 missed of n: at most x", in place of 100 %."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shisaku.message import Message, say
from shisaku.stats.proportions import upper_bound

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class AtMost:
    """`events` of `n`, and the rate that it is at most, with one-sided confidence `level`."""

    events: int
    n: int
    bound: float
    level: float

    def said(self) -> Message:
        """Return it as a sentence."""
        return say(
            "{events} missed of {n}: at most {bound:.2%} are missed, with {level:.0%} confidence",
            events=self.events,
            n=self.n,
            bound=self.bound,
            level=self.level,
        )


def at_most(events: int, n: int, level: float = LEVEL) -> AtMost:
    """Return the one-sided exact upper bound of a rate; with 0 events it is 1 - (1 - level)^(1/n), the rule of three.

    Hanley and Lippman-Hand, JAMA 249:1743, 1983. Raises ValueError unless 0 <= events <= n and n > 0.
    """
    return AtMost(events, n, upper_bound(events, n, level), level)


def items_needed(bound: float, level: float = LEVEL) -> int:
    """Return how many items without an event show that a rate is at most `bound`. Raises ValueError outside (0, 1)."""
    if not (0.0 < bound < 1.0 and 0.0 < level < 1.0):
        raise ValueError(f"bound and level must be inside (0, 1), got {bound} and {level}")
    # A hair is taken off, so that the bound of exactly n items asks for n and not for n + 1.
    return math.ceil(math.log1p(-level) / math.log1p(-bound) - 1e-9)
