"""Judges of a whole made set against the real one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ops_material import vector_part

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric
from shisaku.core.sample import Sample
from shisaku.errors import DataError, RecipeError
from shisaku.ops.dataset.two_sample import TwoSample
from shisaku.registry.make import make_op
from shisaku.store.state import state_from_json, state_to_json

SMALL: dict[str, dict[str, Any]] = {
    "dataset.frechet": {"at_least": 100, "most": 1000},
    "dataset.kid": {},
    "dataset.mmd": {"draws": 99},
    "dataset.prdc": {},
    "dataset.vendi": {"draws": 20, "at": 60},
    "dataset.two_sample": {"draws": 99},
}
MAIN = {
    "dataset.frechet": "frechet",
    "dataset.kid": "kid",
    "dataset.mmd": "mmd",
    "dataset.prdc": "coverage_of_real",
    "dataset.vendi": "variety_ratio",
    "dataset.two_sample": "two_sample",
}


def drawn(word: str, n: int, *, seed: int = 0, shift: float = 0.0, width: int = 8, labels: int = 2) -> list[Sample]:
    rng = np.random.default_rng(key(word) + seed)
    rows = rng.normal(size=(n, width)) + shift
    classes = np.arange(n) % labels
    rows[:, 0] += 3.0 * classes
    return [
        Sample(f"{word}{i:04}", {"features": vector_part(row)}, {"class": f"c{classes[i]}"})
        for i, row in enumerate(rows)
    ]


def key(word: str) -> int:
    return sum(word.encode())


def judge(name: str, **params: Any) -> Metric:
    op = make_op(name, {**SMALL[name], **params})
    assert isinstance(op, Metric)
    return op


def told(op: Metric, made: list[Sample], real: list[Sample]) -> dict[str, Finding]:
    state = state_from_json(state_to_json(op.measure(made, real)))
    return {one.name: one for one in op.findings(state)}


@pytest.mark.parametrize("name", SMALL)
def test_alike_is_no_alarm_and_a_figure_with_interval(name: str) -> None:
    found = told(judge(name, label="class"), drawn("m", 300), drawn("r", 300))
    assert {one.weight for one in found.values()} == {"note"}
    main = found[MAIN[name]]
    assert main.value is not None
    assert main.low is not None
    assert main.high is not None
    assert main.low <= main.value <= main.high
    assert main.n > 0
    assert [row["class"] for row in main.table] == ["", "c0", "c1"]


@pytest.mark.parametrize("name", [one for one in SMALL if one != "dataset.vendi"])
def test_a_shifted_set_is_an_alarm(name: str) -> None:
    found = told(judge(name), drawn("m", 300, shift=1.5), drawn("r", 300))
    assert found[MAIN[name]].weight != "note"


def test_copies_lower_the_variety_and_their_scores() -> None:
    made = drawn("m", 300)
    for place in range(150):
        made[place] = made[place].with_part("features", made[150 + place % 3].parts["features"])
    op = judge("dataset.vendi")
    real = drawn("r", 300)
    found = told(op, made, real)["variety_ratio"]
    assert found.weight != "note"
    assert set(found.samples) <= {one.id for one in made[:153]}
    values = {score.sample: score.value for score in op.scores(op.measure(made, real))}
    copies = [values[one.id] for one in made[:150]]
    others = [values[one.id] for one in made[153:]]
    assert max(copies) < np.median(others)


def test_a_class_that_is_lacking_is_not_covered() -> None:
    made = [one for one in drawn("m", 400, labels=4) if one.labels["class"] != "c3"]
    op = judge("dataset.prdc", label="class")
    real = drawn("r", 400, labels=4)
    assert told(op, made, real)["classes_not_made"].what.values["names"] == "c3"
    turned = [Sample(f"{one.id}x", one.parts, {"class": "c3"}) if place < 30 else one for place, one in enumerate(made)]
    found = told(op, turned, real)["class_not_covered"]
    assert found.what.values["label"] == "c3"


@pytest.mark.parametrize("name", SMALL)
def test_too_few_is_said_and_gives_no_figure(name: str) -> None:
    op = judge(name)
    for made, real in ((drawn("m", 3), drawn("r", 3)), ([], drawn("r", 30)), (drawn("m", 1), drawn("r", 1))):
        (found,) = told(op, made, real).values()
        assert (found.value, found.weight) == (None, "note")
        assert found.what.values["least"] > 3
        scores = op.scores(op.measure(made, real))
        assert [one.sample for one in scores] == [one.id for one in made]


@pytest.mark.parametrize("name", SMALL)
def test_rows_that_are_all_equal_do_no_harm(name: str) -> None:
    def same(word: str) -> list[Sample]:
        return [Sample(f"{word}{i}", {"features": vector_part(np.ones(4))}, {"class": "a"}) for i in range(120)]

    op = judge(name)
    found = told(op, same("m"), same("r"))
    assert all(one.value is None or np.isfinite(one.value) for one in found.values())
    assert len(op.scores(op.measure(same("m"), same("r")))) == 120


@pytest.mark.parametrize("name", SMALL)
def test_what_cannot_be_compared_is_refused_or_left_out(name: str) -> None:
    op = judge(name)
    with pytest.raises(RecipeError, match="reference"):
        op.measure(drawn("m", 3))
    real = drawn("r", 5)
    broken = real[0].with_part("features", vector_part([np.nan] * 8))
    with pytest.raises(DataError, match="not finite"):
        op.measure(drawn("m", 3), [broken, *real[1:]])
    longer = drawn("m", 1, width=9)
    assert op.scores(op.measure(longer, real)) == []


@pytest.mark.parametrize("name", SMALL)
def test_halves_merge_into_the_same_findings(name: str) -> None:
    op, made, real = judge(name), drawn("m", 200), drawn("r", 200)
    whole = [one.to_json() for one in op.findings(op.measure(made, real))]
    joined = op.merge(op.measure(made[130:], real), op.measure(made[:130], real))
    assert [one.to_json() for one in op.findings(joined)] == whole


def test_the_telling_ones_lead_and_the_map_shows_both() -> None:
    odd = [
        one.with_part("features", vector_part(np.full(8, 4.0) + np.random.default_rng(i).normal(size=8)))
        for i, one in enumerate(drawn("odd", 30))
    ]
    made, real = [*drawn("m", 170), *odd], drawn("r", 200)
    op = judge("dataset.two_sample")
    found = told(op, made, real)
    assert sum(name.startswith("odd") for name in found["two_sample"].samples) >= 18
    points = found["gap_map"].table
    assert {row["set"] for row in points} == {"real", "made"}
    assert len(points) == 400
    assert {row["sample"] for row in points} == {one.id for one in (*made, *real)}
    scores = {score.sample: score for score in op.scores(op.measure(made, real))}
    assert np.mean([scores[one.id].raw for one in odd]) > 0.7
    assert all(score.reason is not None for score in scores.values() if score.issue)


def test_the_map_is_bounded() -> None:
    op = judge("dataset.two_sample", draws=19)
    found = told(op, drawn("m", 1500), drawn("r", 1100))
    assert len(found["gap_map"].table) == 2000


def test_children_of_test_parents_do_not_tell() -> None:
    """Each made item is its parent moved a little at random: only a model that had seen the parent could tell."""
    real = drawn("r", 150)
    rng = np.random.default_rng(0)
    made = []
    for one in real:
        row = np.frombuffer(one.parts["features"].data, "<f4") + 0.05 * rng.normal(size=8)
        made.append(one.child("toy.moved", parts={"features": vector_part(row)}))
    op = TwoSample(draws=199)
    told_of = told(op, made, real)["two_sample"]
    assert told_of.weight == "note"
    assert told_of.value == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("name", ["dataset.mmd", "dataset.two_sample", "dataset.kid"])
def test_parents_and_group_make_one_entity(name: str) -> None:
    real = [Sample(f"r{i}", {"features": vector_part([float(i)])}, group=f"g{i // 2}") for i in range(4)]
    mixed = real[0].child("toy.mixed", parts=real[0].parts, also_from=("r3",))
    alone = Sample("m", {"features": vector_part([1.0])})
    op = judge(name)
    sides = op.sides(op.measure([mixed, alone], real))  # type: ignore[attr-defined]
    assert len(set(sides.real.entities)) == 1
    by_id = dict(zip(sides.made.ids, sides.made.entities, strict=True))
    assert by_id[mixed.id] == sides.real.entities[0] != by_id["m"]
