"""What a study keeps so that its answers can be priced: class scores of test and of validation items."""

from __future__ import annotations

import json

import numpy as np
import pytest
from lab_material import planted, study

from shisaku.core.amount import Amount
from shisaku.core.kpi import Kpi
from shisaku.lab.bench import Bench
from shisaku.lab.prove import prove
from shisaku.lab.trial import Trial, run_trial

COSTS = Kpi(costs={"class0": {"class1": Amount.of(3.0)}})


def test_scores_of_test_items_say_what_was_answered_and_cover_every_prediction() -> None:
    result = prove(study(kpi=COSTS, splits=6), planted())
    classes = result.detail["classes"]
    told = {
        (row["split"], row["domain"], row["arm"], row["item"]): classes[int(np.argmax(row["scores"]))]
        for row in result.class_scores
        if row["role"] == "test"
    }
    answered = {(p.split, p.domain, p.arm, p.item): p.predicted for p in result.predictions}
    assert told == answered


def test_validation_scores_are_of_training_items_that_the_model_did_not_see() -> None:
    result = prove(study(kpi=COSTS, splits=6), planted())
    for split in range(6):
        mine = [row for row in result.class_scores if row["split"] == split and row["domain"] == "clean"]
        groups = {role: {row["group"] for row in mine if row["role"] == role} for role in ("test", "validation")}
        assert groups["validation"]
        assert not groups["test"] & groups["validation"]
    held = [row for row in result.class_scores if row["role"] == "validation" and row["domain"] == "clean"]
    right = np.mean([result.detail["classes"][int(np.argmax(row["scores"]))] == row["truth"] for row in held])
    own = {s.arm: s.value for s in result.arm_scores if s.domain == "clean"}
    assert right == pytest.approx(np.mean(list(own.values())), abs=0.15), (
        "seen items would be answered almost all right"
    )


def test_without_costs_nothing_more_is_trained_or_kept() -> None:
    result = prove(study(splits=6), planted())
    assert result.class_scores == ()


def test_a_finished_trial_with_scores_survives_json() -> None:
    trial = run_trial(Bench.lay(study(kpi=COSTS, splits=6), planted()), 0, 0)
    assert trial.arms[0].scores
    assert Trial.from_json(json.loads(json.dumps(trial.to_json()))) == trial
