"""Evidence grades: every rule alone, in every combination, and the weakest first."""

from __future__ import annotations

from itertools import product

import pytest

from shisaku.lab.cases.grade import Evidence, grade

BEST = {"planned": "before", "exploratory": False, "looks": 0, "simulated": False, "measured": True, "reported": False}


@pytest.mark.parametrize(
    ("change", "letter", "said"),
    [
        ({}, "A", "confirmatory"),
        ({"planned": "start"}, "A", "confirmatory"),
        ({"looks": 2}, "B", "looked at 2 times"),
        ({"exploratory": True}, "C", "Exploratory"),
        ({"simulated": True}, "C", "simulated"),
        ({"planned": "after"}, "D", "Without a plan"),
        ({"planned": ""}, "D", "Without a plan"),
        ({"measured": False}, "D", "Nothing was measured"),
        ({"reported": True}, "D", "not re-run"),
    ],
)
def test_each_rule_alone(change: dict[str, object], letter: str, said: str) -> None:
    found, why = grade(Evidence(**{**BEST, **change}))  # type: ignore[arg-type]
    assert found == letter
    assert said in str(why)


def test_no_combination_is_better_than_its_weakest_part() -> None:
    """All 96 combinations; only one of them is an A."""
    kinds = product(("before", "after", ""), (False, True), (0, 3), (False, True), (False, True), (False, True))
    letters = []
    for planned, exploratory, looks, simulated, measured, reported in kinds:
        evidence = Evidence(planned, exploratory, looks, simulated, measured, reported)
        worst = max(
            "D" if reported or not measured or planned != "before" else "A",
            "C" if exploratory or simulated else "A",
            "B" if looks else "A",
        )
        assert grade(evidence)[0] == worst
        letters.append(worst)
    assert letters.count("A") == 1
