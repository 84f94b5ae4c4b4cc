"""What one world of the back-test left: scores of all policies, and what the planner expected and claimed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Expected:
    """The expected gain of spending all that is left on one offer, with its 95 % interval, and the realised gain."""

    offer: str
    mean: float
    low: float
    high: float
    realised: float


@dataclass(frozen=True, slots=True)
class Planned:
    """The planner in one world: scores by the figure it went by, what it bought, expected and claimed.

    `worse` are the offers that it claimed to be worse than its first, with how much less they gained in truth.
    """

    scores: Mapping[str, float]
    bought: Mapping[str, int]
    expected: tuple[Expected, ...]
    claim: str
    worse: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Repeat:
    """One world: the score of every policy on its hidden items, and the planner's side of it."""

    scores: Mapping[str, float]
    planned: Planned
    n_train: int
    n_test: int
    noise: float

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return asdict(self)
