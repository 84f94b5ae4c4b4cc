"""A frozen plan knows when it was changed, and what is changed beside it is named."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from lab_material import REAL, planted, study

from shisaku.core.arm import Arm
from shisaku.lab.frozen import differences, intact, sealed
from shisaku.lab.plan import freeze

DATA = planted()


def thawed(plan: Any) -> Any:
    return json.loads(json.dumps(plan))


def test_a_plan_is_itself_after_it_was_written_and_read() -> None:
    assert differences(thawed(freeze(study(), DATA)), freeze(study(), DATA)) == []


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"arms": (REAL, Arm("copies", oversample=3), Arm("helpful", add="helpful"))},
         "planted.arms.copies.oversample"),
        ({"arms": (REAL, Arm("helpful", add="helpful"))}, "planted.arms.copies"),
        ({"domains": (replace(study().domains[0], delta_gain=0.01), study().domains[1])},
         "planted.domains.clean.delta_gain"),
        ({"splits": 9}, "planted.splits"),
        ({"split_seed": 1}, "planted.split_seed"),
        ({"looks_taken": 2}, "planted.looks_taken"),
        ({"alpha": 0.1}, "planted.alpha"),
        ({"learner": {"name": "logistic", "C": 2.0, "transform": "none"}}, "planted.learner.C"),
    ],
)  # fmt: skip
def test_what_was_changed_is_named(changes: dict[str, Any], named: str) -> None:
    frozen = thawed(freeze(study(), DATA))
    found = differences(frozen, freeze(study(**changes), DATA))
    assert named in [one.path for one in found]
    assert all(str(one.what) for one in found)


def test_other_data_and_other_splits_are_named() -> None:
    found = {one.path for one in differences(thawed(freeze(study(), DATA)), freeze(study(), planted(seed=3)))}
    assert found == {"planted.data"}  # the same items in the same splits, seen otherwise
    regrouped = replace(DATA, real=DATA.real.with_groups(DATA.real.ids))
    found = {one.path for one in differences(thawed(freeze(study(), DATA)), freeze(study(), regrouped))}
    assert found == {"planted.data", "planted.division"}


def test_any_edit_of_a_sealed_plan_is_seen() -> None:
    document = thawed(sealed({"date": "2026-01-01", "studies": [{"plan": freeze(study(), DATA), "seen": False}]}))
    assert intact(document)
    for path, value in (
        (("date",), "2025-01-01"),
        (("studies", 0, "seen"), True),
        (("studies", 0, "plan", "settings", "alpha"), 0.1),
        (("studies", 0, "plan", "rows", 0, "margins", "delta_gain"), 0.0),
        (("studies", 0, "plan", "hash"), "0" * 32),
    ):
        edited = thawed(document)
        place: Any = edited
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        assert not intact(edited), path
        assert path[-1] == "hash" or not intact(sealed(edited)) or "plan" not in path, "a plan within has its own hash"
