"""How strong the evidence of a case is, by stated rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shisaku.message import Message, say

Grade = Literal["A", "B", "C", "D"]
GRADES: tuple[Grade, ...] = ("A", "B", "C", "D")
BEFORE = ("before", "start")  # when a plan was frozen: before its results were seen


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a grade goes by.

    `planned` is when the plan was frozen (``before``, ``start``, ``after`` a first look, empty: none), `exploratory`
    says that it could not have promised to show the gain it hoped for, `looks` counts earlier looks at its test items,
    `simulated` that the test items were made or changed; `measured` that there is an effect at all, `reported` that it
    is others' word for it.
    """

    planned: str = ""
    exploratory: bool = True
    looks: int = 0
    simulated: bool = False
    measured: bool = True
    reported: bool = False


def grade(found: Evidence) -> tuple[Grade, Message]:
    """Return the grade and why, the weakest rule that applies first.

    D: reported and not re-run, nothing measured, or without a plan from before. C: exploratory, or on simulated items.
    B: on items that were looked at before. A: a plan with enough power, on real test items that nobody had looked at.
    """
    if found.reported:
        return "D", say("Reported, not re-run")
    if not found.measured:
        return "D", say("Nothing was measured")
    if found.planned not in BEFORE:
        return "D", say("Without a plan from before its results were seen")
    if found.simulated:
        return "C", say("On simulated items")
    if found.exploratory:
        return "C", say("Exploratory: its plan could not have promised to show the gain it hoped for")
    if found.looks:
        return "B", say("A replication: its test items were looked at {n} times before", n=found.looks)
    return "A", say(
        "A confirmatory plan with the power to show the gain it hoped for, on real test items not looked at before"
    )
