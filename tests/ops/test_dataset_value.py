"""Wrong labels are worth less, a step that makes them is named, and no item is judged by what it was made from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from ops_material import auc

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, RecipeError
from shisaku.ops.dataset.value import Value
from shisaku.store.codecs import encode_vector
from shisaku.store.state import state_from_json, state_to_json


def item(name: str, label: int, seed: int, shown: int | None = None, **about: Any) -> Sample:
    centre = np.random.default_rng(label).normal(size=16)
    vector = (centre + 0.7 * np.random.default_rng(seed).normal(size=16)).astype(np.float32)
    part = Part("embedding", encode_vector(vector))
    return Sample(name, {"features": part}, {"class": f"c{label if shown is None else shown}"}, **about)


def real_items(n: int = 120) -> list[Sample]:
    return [item(f"r{i:03d}", i % 4, 1000 + i) for i in range(n)]


def made_items(n: int = 200, wrong: int = 20) -> list[Sample]:
    def step(i: int) -> dict[str, str]:
        return {"made_by": '{"step": "sloppy"}' if i < wrong else '{"step": "careful"}'}

    return [item(f"m{i:03d}", i % 4, i, (i + 1) % 4 if i < wrong else None, facts=step(i)) for i in range(n)]


def test_wrong_labels_are_worth_less() -> None:
    op = Value()
    scores = op.scores(state_from_json(state_to_json(op.measure(made_items(), real_items()))))
    value = {score.sample: score.value for score in scores}
    assert auc([value[f"m{i:03d}"] for i in range(20)], [value[f"m{i:03d}"] for i in range(20, 200)]) > 0.95
    assert all((score.value < 0.5) == (score.raw < 0) == bool(score.issue) for score in scores)


def test_the_sloppy_step_is_named_and_classes_are_told() -> None:
    whole, steps = Value().findings(Value().measure(made_items(), real_items()))
    assert steps.table[0]["step"] == "sloppy"
    assert steps.table[0]["mean_value"] < 0 < steps.table[1]["mean_value"]
    assert {row["label"] for row in whole.table} == {"c0", "c1", "c2", "c3"}
    assert all(0.5 < row["accuracy"] <= 1.0 and row["made"] == 50 for row in whole.table)
    assert set(whole.samples) <= {f"m{i:03d}" for i in range(20)}


def test_it_is_not_judged_by_what_it_was_made_from() -> None:
    # A copy of a mislabelled real item: worth a lot to that item, and nothing to any other.
    real = [*real_items(), item("odd", 0, 5000, 1)]
    copy = replace(real[-1], id="odd/step.0")
    stranger = {s.sample: s.raw for s in Value().scores(Value().measure([*made_items(), copy], real))}
    child = {
        s.sample: s.raw for s in Value().scores(Value().measure([*made_items(), replace(copy, parents=("odd",))], real))
    }
    assert child["odd/step.0"] < stranger["odd/step.0"]
    kin = Value().measure([replace(copy, group="odd")], real)["odd/step.0"][3]
    assert np.isinf(kin).sum() == 1


def test_test_items_judge_nothing_and_a_reference_must_have_labels() -> None:
    real = [replace(one, facts={"split": "test"}) if i % 2 else one for i, one in enumerate(real_items())]
    assert len(Value().measure(made_items(10), real)[""]) == 60
    with pytest.raises(DataError, match="no label"):
        Value().measure(made_items(5), [replace(one, labels={}) for one in real_items()])
    with pytest.raises(RecipeError, match="reference"):
        Value().measure(made_items(5))


def test_too_few_real_items_give_no_figure() -> None:
    (only,) = Value().findings(Value().measure(made_items(), real_items(12)))
    assert only.value is None
    assert "20" in str(only.what)
    assert Value().findings(Value().measure([], real_items())) == []


def test_of_many_real_items_some_are_taken_whatever_their_order() -> None:
    few = Value(most=40)
    one, other = few.measure(made_items(20), real_items()), few.measure(made_items(20), real_items()[::-1])
    assert len(one[""]) == 40
    assert few.scores(one) == few.scores(other)
