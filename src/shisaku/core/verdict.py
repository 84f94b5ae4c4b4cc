"""A Verdict: the decision of one contrast, with everything needed to check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shisaku.message import Message

Decision = Literal["ADOPT", "REJECT", "ABSTAIN"]
FULL = "ADOPT"
PILOT = "ADOPT for pilot, safety not shown"
EXPLORATORY = "exploratory"


@dataclass(frozen=True, slots=True)
class Money:
    """Yearly money range of an effect; `illustrative` unless the user gave the costs."""

    low: float
    high: float
    currency: str
    illustrative: bool

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"low": self.low, "high": self.high, "currency": self.currency, "illustrative": self.illustrative}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One (study, domain, arm): what was decided, why, and the interval that decided it.

    `n` counts the real test items behind it (mean over splits), `seeds` the splits. `effect` and `interval`
    are in metric units (0.02 = 2 points), arm minus comparator; `interval` is the one that decides (its method
    is in `method`), at the level that Holm left to this contrast. `p` is one-sided against
    "effect <= delta_gain". `ceiling` is the best decision that the plan could reach.
    """

    study: str
    domain: str
    arm: str
    decision: Decision
    reason: Message
    effect: float
    interval: tuple[float, float]
    p: float
    n: int
    seeds: int
    margins: Mapping[str, float]
    ceiling: str
    money: Money | None
    comparator: str = ""
    method: str = ""
    level: float = 0.95
    exploratory: bool = False
    simulated: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the form of ``verdict.json`` (schema 1)."""
        return {
            "study": self.study,
            "domain": self.domain,
            "arm": self.arm,
            "decision": self.decision,
            "reason": str(self.reason),
            "reason_message": self.reason.to_json(),
            "effect": self.effect,
            "interval": list(self.interval),
            "p": self.p,
            "n": self.n,
            "seeds": self.seeds,
            "margins": dict(self.margins),
            "ceiling": self.ceiling,
            "money": self.money.to_json() if self.money else None,
            "comparator": self.comparator,
            "method": self.method,
            "level": self.level,
            "exploratory": self.exploratory,
            "simulated": self.simulated,
            "detail": dict(self.detail),
        }
