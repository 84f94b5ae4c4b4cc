"""How far two figures about time are apart, and which of several such pairs is the worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.core.score import Score
from shisaku.message import Message
from shisaku.ops.grade import lower_is_better


@dataclass(frozen=True, slots=True)
class Deviation:
    """By how many ms something is off, from how many on it counts, and what it is in words."""

    ms: float
    limit: float
    said: Message

    @property
    def beyond(self) -> float:
        """How many times its limit it is."""
        return self.ms / self.limit


def worst(sample: str, name: str, found: Sequence[Deviation]) -> Score:
    """Return the Score of the worst of the deviations; `raw` is its ms."""
    most = max(found, key=lambda one: one.beyond)
    return Score(sample, name, lower_is_better(most.beyond, 1.0), most.ms, most.beyond > 1.0, most.said)


def number(text: str | None) -> float:
    """Return a fact as a number; 0 where it is absent or none."""
    try:
        value = float(text or 0.0)
    except ValueError:
        return 0.0
    return value if 0.0 < value < 1e9 else 0.0
