"""Thresholds come from what reviewers said, else from real samples, and promise no more than they can hold."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.core.recipe import Gate
from shisaku.judging.gate import stopped
from shisaku.judging.learnt import learnt

N = 400


def scores(seed: int, bad: float = 0.3) -> tuple[dict[str, float], dict[str, bool]]:
    rng = np.random.default_rng(seed)
    good = rng.random(N) >= bad
    values = np.where(good, rng.normal(0.7, 0.1, N), rng.normal(0.4, 0.1, N)).clip(0, 1)
    ids = [f"m{i:03}" for i in range(N)]
    return dict(zip(ids, values.tolist(), strict=True)), dict(zip(ids, good.tolist(), strict=True))


def test_marks_give_the_threshold_and_its_precision_holds_for_those_nobody_marked() -> None:
    held = 0
    for seed in range(10):
        values, good = scores(seed)
        marked = {id_: good[id_] for id_ in sorted(values)[:120]}
        found = learnt(values, {}, marked, {}, seed)
        assert found
        assert found["from"] == "marks"
        assert found["expected"]["n"] == 120
        rest = [good[id_] for id_, value in values.items() if id_ not in marked and value >= found["threshold"]]
        held += found["expected"]["low"] <= np.mean(rest) <= found["expected"]["high"]
    assert held >= 9


def test_too_few_marks_fall_back_on_real_samples_and_too_few_of_both_claim_nothing() -> None:
    values, good = scores(0)
    some = {id_: good[id_] for id_ in sorted(values)[:20]}
    real = {f"r{i}": i / 100 for i in range(100)}
    found = learnt(values, real, some, {}, 0)
    assert found
    assert found["from"] == "real"
    assert found["threshold"] == pytest.approx(0.04)
    assert learnt(values, {"r": 0.5}, some, {}, 0) is None
    assert learnt(values, dict.fromkeys(real, 1.0), some, {}, 0) is None


def test_marks_of_one_kind_teach_nothing() -> None:
    values, _ = scores(0)
    assert learnt(values, {}, dict.fromkeys(values, True), {}, 0) is None


def test_a_gate_may_ask_how_many_fail_and_few_show_nothing() -> None:
    values, good = scores(1)
    row = {"step": "s", "op": "o", "low": None, "real": None, "learnt": learnt(values, {}, good, {}, 0)}
    bundle = {"items": {"wer": row}, "sets": []}
    assert len(stopped(bundle, (Gate("wer", failing=0.1),))) == 1
    assert stopped(bundle, (Gate("wer", failing=0.9),)) == []
    assert stopped({**bundle, "items": {"wer": {**row, "learnt": None}}}, (Gate("wer", failing=0.1),)) == []
