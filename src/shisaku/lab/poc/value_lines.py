"""What a plan is expected to be worth, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shisaku.lab.poc.figures import amount
from shisaku.message import Message, say

Plan = Mapping[str, Any]


def value_lines(plan: Plan) -> Iterator[Message]:
    """Return what starting, and every stage after the first, is expected to be worth."""
    found = plan["value"]
    if found is None or found["whole"] is None:
        yield say(
            "What going on is worth is not known: it takes the cost of an error, items a year, rollout and running"
        )
        return
    whole = {end: amount(plan, found["whole"][end]) for end in ("mean", "low", "high")}
    yield say(
        "Expected worth of starting: {mean} [{low}, {high}]; nine outcomes in ten lie between {least} and {most}. Not "
        "starting is worth 0. A simulation, not evidence",
        **whole, least=amount(plan, found["ends"][0]), most=amount(plan, found["ends"][1]),
    )  # fmt: skip
    for number, stage in enumerate(found["stages"][1:], 2):
        yield from _stage(plan, number, stage)


def _stage(plan: Plan, number: int, stage: Mapping[str, Any]) -> Iterator[Message]:
    if stage["going_on"] is None:
        return
    yield say(
        "Stage {number}, begun in {reached:.0%} of the worlds: going on is worth {mean} there, stopping 0; the right "
        "to stop before it is worth {option}",
        number=number, reached=stage["reached"], mean=amount(plan, stage["going_on"]["mean"]),
        option=amount(plan, stage["option"]["mean"]),
    )  # fmt: skip
    pays = stage["pays"]
    if pays["when"] == "from":
        yield say("By money alone stage {number} pays if the look before it measured {estimate:+.1f} points or more",
                  number=number, estimate=100 * pays["estimate"])  # fmt: skip
    elif pays["when"] == "always":
        yield say("By money alone stage {number} pays whatever the look before it measured", number=number)
    elif pays["when"] == "never":
        yield say("By money alone stage {number} does not pay, whatever the look before it measured", number=number)
