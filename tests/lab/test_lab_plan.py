"""A plan is complete, hashed, and refuses what cannot be carried out, saying what and what next."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lab_material import REAL, external, planted, study

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.identity import fingerprint
from shisaku.core.verdict import EXPLORATORY, FULL, PILOT
from shisaku.errors import DataError, RecipeError, ShisakuError
from shisaku.lab.items import Items, StudyData
from shisaku.lab.plan import freeze, row_of
from shisaku.lab.prove import prove
from shisaku.stats.power import shift_needed


def test_the_plan_is_plain_frozen_and_hashed() -> None:
    plan = freeze(study(), planted())
    assert json.loads(json.dumps(plan))["hash"] == plan["hash"] == freeze(study(), planted())["hash"]
    read = json.loads(json.dumps(plan))
    assert fingerprint({name: value for name, value in read.items() if name != "hash"}) == plan["hash"]
    assert freeze(study(splits=9), planted())["hash"] != plan["hash"]
    assert freeze(study(), planted(seed=1))["hash"] != plan["hash"]
    assert plan["overall"] == {
        "contrast": "helpful",
        "domain": "clutter",
        "shots": 0,
        "deploy": ["clean", "clutter"],
        "by_shots": {"0": {"ceiling": PILOT, "exploratory": False, "safety_not_provable": ["clean"]}},
    }


def test_the_smallest_provable_effects_are_those_of_the_formula() -> None:
    row = row_of(freeze(study(arms=(REAL, Arm("a", add="helpful"), Arm("b", add="null")), contrasts=("a", "b")),
                        planted()), "a", "clean", 0)  # fmt: skip
    se = 0.05 * math.sqrt(1 / 8 + row["n_test"] / row["n_train"])
    assert row["se"] == pytest.approx(se)
    assert row["smallest_gain"] == pytest.approx(0.02 + se * shift_needed(7, 0.0125))
    assert row["smallest_safety"] == pytest.approx(se * shift_needed(7, 0.025))
    assert (row["n_train"], row["n_test"]) == (60, 36)


def test_ceilings() -> None:
    wide = (Domain("clean", "resplit", delta_safe=0.5), Domain("clutter", "derived", stream="clutter"))
    for changes, ceiling in (
        ({"domains": wide}, FULL),
        ({}, PILOT),
        ({"splits": 5}, EXPLORATORY),
        ({"expected_gain": 0.05}, EXPLORATORY),
        ({"domains": wide, "assumed_sd": 0.5}, EXPLORATORY),
    ):
        plan = freeze(study(**changes), planted())
        assert plan["overall"]["by_shots"]["0"]["ceiling"] == ceiling
        assert row_of(plan, "helpful", "clutter", 0)["ceiling"] == (EXPLORATORY if ceiling == EXPLORATORY else FULL)


def test_an_under_powered_study_says_so_first() -> None:
    result = prove(study(expected_gain=0.05, deploy=("clutter",), looks_taken=3), planted())
    assert str(result.headline).startswith("Exploratory (under-powered), on data already looked at 3 times")
    assert all(verdict.exploratory for verdict in result.verdicts)


def test_fixed_test_sets_are_planned_by_their_groups() -> None:
    data = planted()
    data = replace(data, streams={**data.streams, "photo": external(groups=10)})
    spec = study(domains=(Domain("photo", "external", stream="photo"),), primary="photo")
    row = row_of(freeze(spec, data), "helpful", "photo", 0)
    assert (row["clusters"], row["method"]) == (30, "cluster_t")
    assert row["se"] == pytest.approx(math.sqrt(0.04 / 30 + 0.0025 / 8))


def only(data: StudyData, keep: Any) -> StudyData:
    return replace(data, real=data.real.take([i for i in range(len(data.real)) if keep(i, data.real)]))


def one_class(data: StudyData) -> StudyData:
    return only(data, lambda i, items: items.labels[i] == "class0")


def one_group_in_class(data: StudyData) -> StudyData:
    first = min(g for g, label in zip(data.real.groups, data.real.labels, strict=True) if label == "class2")
    return only(data, lambda i, items: items.labels[i] != "class2" or items.groups[i] == first)


def no_made(data: StudyData) -> StudyData:
    return replace(data, streams={**data.streams, "helpful": data.streams["helpful"].take([])})


def no_test_children(data: StudyData) -> StudyData:
    return replace(data, streams={**data.streams, "clutter": data.streams["clutter"].take([0])})


def few_groups(data: StudyData) -> StudyData:
    return data.__class__(data.real.with_groups(
        [f"{label}{i % 2}" for i, label in enumerate(data.real.labels)]), data.streams)  # fmt: skip


@pytest.mark.parametrize(
    ("breaking", "changes", "says"),
    [
        (one_class, {}, "class0"),
        (one_group_in_class, {}, "class2"),
        (no_made, {}, "helpful"),
        (no_test_children, {}, "clutter"),
        (few_groups, {"comparators": ("real", "copies"), "folds": 6}, "folds"),
        (lambda d: d, {"shots": (60,)}, "60 shots"),
        (lambda d: d, {"arms": (REAL, Arm("helpful", scores=study().feature))}, "helpful"),
    ],
)
def test_impossible_plans_are_refused(breaking: Any, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(DataError, match=says) as caught:
        freeze(study(**changes), breaking(planted()))
    assert caught.value.where == "study planted"
    assert caught.value.next is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"contrasts": ()},
        {"contrasts": ("nothing",)},
        {"comparators": ("nothing",)},
        {"primary": "x"},
        {"deploy": ("x",)},
    ],
)
def test_names_that_do_not_exist_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="does not have"):
        freeze(study(**changes), planted())


@pytest.mark.parametrize("changes", [{"splits": 1}, {"folds": 1}, {"test_share": 0.0}, {"test_share": 1.0}])
def test_numbers_that_make_no_study_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="2 splits"):
        freeze(study(**changes), planted())


@pytest.mark.parametrize("learner", [{"name": "nobody"}, {"name": "logistic", "depth": 3}])
def test_unknown_learners_are_refused(learner: dict[str, Any]) -> None:
    with pytest.raises(RecipeError):
        prove(study(learner=learner), planted())


def test_a_class_that_is_only_short_is_an_alarm() -> None:
    data = planted()
    small = {f"item{i:03d}" for i in range(20, 32)}  # class0 loses 12 of 32 items
    data = only(data, lambda i, items: items.ids[i] not in small)
    streams = {
        name: s.take([i for i in range(len(s)) if s.parents[i][0] not in small]) for name, s in data.streams.items()
    }
    result = prove(study(shots=(16,), splits=6), StudyData(data.real, streams))
    short = [str(alarm.reason) for alarm in result.alarms if alarm.code == "short_class"]
    assert short == ["Class class0 has 12 instead of 16 training items in some split"]


def test_every_refusal_has_what_where_and_next() -> None:
    tiny = Items(("a", "b"), ("x", "y"), ("a", "b"), np.zeros((2, 2), dtype=np.float32))
    with pytest.raises(ShisakuError) as caught:
        freeze(study(), StudyData(tiny))
    raw = caught.value.to_json()
    assert raw["exit_code"] == 5
    assert raw["where"]
    assert raw["next"]
