"""What the planner's own back-test on real data said, as it ships with the package."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from shisaku.lab.next_data.claim import POINTS
from shisaku.message import Message, say

NAME = "back_test.json"  # written by benchmarks/next_data.py --keep


@cache
def shipped() -> dict[str, Any]:
    """Return the summary of the back-test."""
    found: dict[str, Any] = json.loads(resources.files("shisaku.lab.next_data").joinpath(NAME).read_text("utf-8"))
    return found


def back_test_line() -> Message:
    """Say whether planning by this planner was shown to beat buying at random, on data that is not yours."""
    found = shipped()
    over = found["over"]["random"]
    told = {
        "n": found["units"], "mean": POINTS * over["mean"], "low": POINTS * over["low"],
        "high": POINTS * over["high"],
    }  # fmt: skip
    if found["claim"] == "ABSTAIN":
        return say(
            "That this planner beats buying at random is not shown on {n} collections of real data (back-test: "
            "{mean:+.1f} points [{low:+.1f}, {high:+.1f}])",
            **told,
        )
    return say(
        "On {n} collections of real data this planner beat buying at random (back-test: {mean:+.1f} points "
        "[{low:+.1f}, {high:+.1f}])",
        **told,
    )


def habit_line() -> Message:
    """Say whether planning was shown to beat always buying what was best on other data."""
    over = shipped()["over"]["habit"]
    told = {"mean": POINTS * over["mean"], "low": POINTS * over["low"], "high": POINTS * over["high"]}
    if over["low"] > 0:
        return say(
            "It beat the habit of buying what was best on other data: {mean:+.1f} points [{low:+.1f}, {high:+.1f}]",
            **told,
        )
    return say(
        "It is not shown to beat the habit of buying what was best on other data: {mean:+.1f} points [{low:+.1f}, "
        "{high:+.1f}]",
        **told,
    )
