"""Copies of used items raise the share and the area, clean items do not, and without a holdout nothing is claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, RecipeError
from shisaku.ops.dataset.authenticity import Authenticity
from shisaku.ops.dataset.copying import Copying
from shisaku.ops.dataset.membership import Membership
from shisaku.store.codecs import encode_vector
from shisaku.store.state import state_from_json, state_to_json

HOLDOUT = {"role": "holdout"}
WIDTH = 12


def item(name: str, vector: np.ndarray, **about: Any) -> Sample:
    return Sample(name, {"features": Part("embedding", encode_vector(vector.astype(np.float32)))}, **about)


def real_items(n: int = 400, seed: int = 0) -> list[Sample]:
    rng = np.random.default_rng(seed)
    return [
        item(f"r{i:03d}", rng.normal(size=WIDTH) + 3.0, facts={"role": "holdout" if i % 2 else "train"})
        for i in range(n)
    ]


def made_items(real: Sequence[Sample], copies: float, n: int = 300, seed: int = 1) -> list[Sample]:
    rng = np.random.default_rng(seed)
    used = [one for one in real if one.facts["role"] == "train"]
    made = []
    for i in range(n):
        if rng.random() < copies:
            of = used[rng.integers(len(used))]
            vector = np.frombuffer(of.parts["features"].data, "<f4") + rng.normal(size=WIDTH) * 0.01
        else:
            vector = rng.normal(size=WIDTH) + 3.0
        made.append(item(f"m{i:03d}", vector))
    return made


def found(op: Metric, made: Sequence[Sample], real: Sequence[Sample]) -> dict[str, Finding]:
    state = state_from_json(state_to_json(op.measure(made, real)))
    return {one.name: one for one in op.findings(state)}


@pytest.mark.parametrize("op", [Copying(holdout=HOLDOUT), Membership(holdout=HOLDOUT), Authenticity(holdout=HOLDOUT)])
def test_many_copies_are_found_and_none_in_fresh_items(op: Metric) -> None:
    real = real_items()
    assert "bad" in {one.weight for one in found(op, made_items(real, 0.5), real).values()}
    assert {one.weight for one in found(op, made_items(real, 0.0), real).values()} == {"note"}


def test_the_interval_holds_the_value() -> None:
    real = real_items()
    for op in (Copying(holdout=HOLDOUT), Membership(holdout=HOLDOUT), Authenticity()):
        for one in found(op, made_items(real, 0.2), real).values():
            if one.value is not None:
                assert one.low is not None
                assert one.high is not None
                assert one.low <= one.value <= one.high
                assert 0 < one.n <= 400


@pytest.mark.parametrize("op", [Copying(), Membership()])
def test_without_a_holdout_it_says_how_to_get_one(op: Metric) -> None:
    (only,) = found(op, made_items(real_items(), 0.5), real_items()).values()
    assert only.value is None
    assert only.weight == "note"
    assert "holdout" in str(only.next)
    assert op.scores(op.measure(made_items(real_items(), 0.0, 3), real_items())) == []


@pytest.mark.parametrize("op", [Copying(holdout=HOLDOUT), Membership(holdout=HOLDOUT)])
def test_a_holdout_that_is_too_small_gives_no_figure(op: Metric) -> None:
    real = [one if int(one.id[1:]) < 20 else replace(one, facts={"role": "train"}) for one in real_items()]
    (only,) = found(op, made_items(real, 0.5), real).values()
    assert only.value is None
    assert "10" in str(only.what)


def test_a_validation_split_is_the_holdout_and_test_items_judge_nothing() -> None:
    splits = ("train", "validation", "test")
    real = [replace(one, facts={**one.facts, "split": splits[i % 3]}) for i, one in enumerate(real_items(600))]
    used = [one for one in real if one.facts["split"] == "train"]
    made = [replace(one, id=f"copy-{one.id}") for one in used[:150]]
    assert found(Copying(), made, real)["copying"].value == 1.0
    of_test = [replace(one, id=f"copy-{one.id}") for one in real if one.facts["split"] == "test"]
    share = found(Copying(), of_test, real)["copying"]
    assert share.value == pytest.approx(0.5, abs=0.15)
    assert "validation split" in str(share.what)
    with pytest.raises(DataError, match="test items"):
        Copying().measure(made, [one for one in real if one.facts["split"] == "test"])
    with pytest.raises(ValueError, match="test set"):
        Copying(holdout={"split": "test"})


def test_parents_drawn_at_random_are_the_used_side_and_count_for_none_of_their_own() -> None:
    real = [replace(one, facts={}, group=f"g{int(one.id[1:]) // 2}") for one in real_items()]
    rng = np.random.default_rng(3)
    parents = [one for one in real if int(one.id[1:]) // 2 % 2]
    moved = {one.id: np.frombuffer(one.parts["features"].data, "<f4") + rng.normal(size=WIDTH) * 0.3 for one in parents}
    # Every child is near its own parent, which is no copy of anything else.
    clean = [
        replace(item(f"{one.id}/step.0", moved[one.id]), parents=(one.id,), group=one.entity, depth=1)
        for one in parents
    ]
    told = found(Copying(drawn=True), clean, real)["copying"]
    assert told.weight == "note"
    assert "parents" in str(told.what)
    # Here every child is a copy of another child's parent.
    stolen = [replace(one, parts=clean[(i + 20) % len(clean)].parts) for i, one in enumerate(clean)]
    assert found(Copying(drawn=True), stolen, real)["copying"].weight == "bad"
    assert found(Membership(drawn=True), stolen, real)["membership"].weight == "bad"
    assert found(Membership(drawn=True), clean, real)["membership"].weight == "note"


def test_made_items_of_held_out_parents_spoil_the_holdout() -> None:
    real = real_items()
    made = [replace(one, parents=(real[1].id,)) for one in made_items(real, 0.5)]
    (only,) = found(Copying(holdout=HOLDOUT), made, real).values()
    assert only.value is None
    assert "held out" in str(only.what)


def test_groups_on_both_sides_count_as_used() -> None:
    real = [replace(one, group=f"g{int(one.id[1:]) // 2}") for one in real_items()]
    (only,) = found(Copying(holdout=HOLDOUT), made_items(real, 0.0), real).values()
    assert only.value is None


def test_a_single_copy_is_named_and_its_nearest_too() -> None:
    real = real_items()
    made = [*made_items(real, 0.0, 100), replace(real[4], id="thief")]
    op = Authenticity(holdout=HOLDOUT)
    scores = {score.sample: score for score in op.scores(op.measure(made, real))}
    assert scores["thief"].issue
    assert scores["thief"].raw == 0.0
    assert scores["thief"].group == real[4].id
    assert sum(bool(score.issue) for score in scores.values()) <= 8
    assert found(op, made, real)["too_near"].samples[0] == "thief"


def test_the_table_tells_steps_apart() -> None:
    real = real_items()
    honest = [replace(one, facts={"made_by": '{"step": "honest"}'}) for one in made_items(real, 0.0)]
    thief = [replace(one, id=f"t{one.id}", facts={"made_by": '{"op": "x.thief"}'}) for one in made_items(real, 1.0)]
    rows = {row["step"]: row for row in found(Copying(holdout=HOLDOUT), [*honest, *thief], real)["copying"].table
            if "step" in row}  # fmt: skip
    assert rows["x.thief"]["share"] > 0.95
    assert rows["honest"]["low"] < 0.5 < rows["honest"]["high"]
    steps = {row["step"]: row for row in found(Authenticity(), [*honest, *thief], real)["authenticity"].table}
    assert steps["x.thief"]["authentic"] < 0.1 < steps["honest"]["authentic"]


@pytest.mark.parametrize("op", [Copying(holdout=HOLDOUT), Membership(holdout=HOLDOUT), Authenticity()])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_or_equal_rows_end_without_a_traceback(op: Metric, n: int) -> None:
    real = [replace(one, parts=real_items()[0].parts) for one in real_items()]
    for one in found(op, [replace(real[0], id=f"m{i}") for i in range(n)], real).values():
        assert one.weight in ("note", "bad", "warn")
    tiny = found(op, made_items(real_items(), 0.0, n), real_items(2))
    assert all(one.value is None or one.n for one in tiny.values())


@pytest.mark.parametrize("op", [Copying(), Membership(), Authenticity()])
def test_a_missing_reference_is_refused(op: Metric) -> None:
    with pytest.raises(RecipeError, match="reference"):
        op.measure(made_items(real_items(), 0.0, 3))
    with pytest.raises(ValueError, match="must map"):
        Copying(holdout="holdout")  # type: ignore[arg-type]


@pytest.mark.parametrize("op", [Copying(holdout=HOLDOUT), Membership(holdout=HOLDOUT), Authenticity()])
def test_parts_joined_in_any_order_say_the_same(op: Metric) -> None:
    real = real_items()
    made = made_items(real, 0.3, 90)
    whole = op.measure(made, real)
    parts = [op.measure(made[start : start + 30], real) for start in (60, 0, 30)]
    joined = op.merge(parts[0], op.merge(parts[1], parts[2]))
    assert [one.to_json() for one in op.findings(joined)] == [one.to_json() for one in op.findings(whole)]
    assert op.scores(joined) == op.scores(whole)
