"""What a plan says it would take is exactly enough, and nothing is promised that cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lab_material import external, planted, study

from shisaku.core.domain import Domain
from shisaku.core.study_spec import StudySpec
from shisaku.lab.needed import distance, needed
from shisaku.lab.plan import MIN_SPLITS, freeze, row_of
from shisaku.lab.plan_reading import lines

DATA = planted()


def row(spec: StudySpec, data: Any = DATA) -> Any:
    return row_of(freeze(spec, data), spec.contrasts[0], spec.primary, 0)


def test_the_splits_that_are_needed_are_the_fewest_that_are_enough() -> None:
    spec = study(expected_gain=0.15, splits=6)
    found = needed(spec, row(spec), MIN_SPLITS)
    assert found["splits"] is not None
    assert found["splits"] > 6
    assert not row(replace(spec, splits=found["splits"]))["exploratory"]
    assert row(replace(spec, splits=found["splits"] - 1))["exploratory"]


def test_where_overlap_alone_is_too_much_no_number_of_splits_is_named() -> None:
    spec = study(expected_gain=0.10, splits=6)
    found = needed(spec, row(spec), MIN_SPLITS)
    assert found["splits"] is None
    assert found["items"] is not None
    now = row(spec)
    shrunk = replace(spec, assumed_sd=spec.assumed_sd * (now["n_test"] / found["items"]) ** 0.5)
    assert not row(shrunk)["exploratory"]


def test_the_groups_that_are_needed_on_a_fixed_test() -> None:
    spec = study(
        domains=(Domain("photo", "external", stream="photo"),), primary="photo", expected_gain=0.12, splits=10,
    )  # fmt: skip

    def with_groups(groups: int) -> Any:
        return row(spec, replace(DATA, streams={**DATA.streams, "photo": external(groups=groups)}))

    found = needed(spec, with_groups(10), MIN_SPLITS)["items"]
    assert found is not None
    assert found > 30
    assert not with_groups(-(-found // 3))["exploratory"]
    assert with_groups((found - 3) // 3)["exploratory"]


def test_a_gain_no_larger_than_the_margin_takes_nothing() -> None:
    spec = study(expected_gain=0.02)
    assert needed(spec, row(spec), MIN_SPLITS) == {"splits": None, "items": None}
    told = [str(one) for one in lines(freeze(spec, DATA), {"splits": None, "items": None}, unmet=(), seen=False,
                                      minutes=None)]  # fmt: skip
    assert told[0].startswith("Exploratory (under-powered)")
    assert any("Neither more splits nor more test items" in one for one in told)


@pytest.mark.parametrize(("se", "df", "level"), [(0.05, 1.0, 1e-6), (0.05, 19.0, 0.0), (3.0, 19.0, 0.025)])
def test_a_distance_that_no_scores_can_have_is_none(se: float, df: float, level: float) -> None:
    assert distance(se, df, level) is None


def test_looks_are_told_with_what_luck_alone_makes_of_them() -> None:
    plan = freeze(study(looks_taken=9), DATA)
    assert plan["looks"]["best_of"] == pytest.approx(1.5388, abs=1e-4)
    told = [str(one) for one in lines(plan, {}, unmet=(), seen=True, minutes=2.0)]
    assert any("Of 10 equally good runs the best lies 1.54 run-to-run sd above their mean" in one for one in told)
    assert any("were seen before" in one for one in told)
    assert told[-1] == "planted: about 2.0 minutes"
