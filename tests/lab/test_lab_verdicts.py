"""Planted truths end in the right verdicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab_material import REAL, external, planted, study

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.domain import Domain
from shisaku.core.study import StudyResult
from shisaku.core.verdict import PILOT
from shisaku.lab.items import Items
from shisaku.lab.prove import prove

CLEAN = (Domain("clean", "resplit"),)


def one(result: StudyResult, arm: str, domain: str):
    return next(v for v in result.verdicts if (v.arm, v.domain) == (arm, domain))


def test_a_stream_that_helps_much_is_adopted() -> None:
    result = prove(study(deploy=("clutter",)), planted())
    verdict = one(result, "helpful", "clutter")
    assert verdict.decision == "ADOPT" == result.overall
    assert verdict.interval[0] > 0.02
    assert verdict.simulated
    assert verdict.money is not None
    assert verdict.money.low > 0
    assert verdict.money.illustrative
    assert "{" not in str(result.headline)


def test_gain_without_shown_safety_is_a_pilot_only() -> None:
    result = prove(study(), planted())  # deployed on clean too, where 2 points cannot be shown at this n
    assert one(result, "helpful", "clutter").decision == "ADOPT"
    assert result.overall == "ABSTAIN"
    assert result.detail["overall"]["ceiling"] == PILOT
    assert "pilot only" in result.detail["overall"]["reason"]["template"]


@pytest.mark.parametrize("arm", [Arm("bad", add="harmful"), Arm("bad", add="helpful", shuffle=True)])
def test_a_stream_that_harms_is_rejected(arm: Arm) -> None:
    spec = study(domains=CLEAN, primary="clean", arms=(REAL, arm), contrasts=("bad",))
    result = prove(spec, planted())
    assert result.overall == "REJECT"
    assert result.verdicts[0].interval[1] < 0
    assert "worse than" in str(result.verdicts[0].reason)


def test_a_stream_that_does_nothing_is_never_adopted() -> None:
    decisions = []
    for seed in range(6):
        spec = study(domains=CLEAN, primary="clean", arms=(REAL, Arm("null", add="null")), contrasts=("null",))
        result = prove(spec, planted(seed))
        decisions.append(result.overall)
        money = result.verdicts[0].money
        assert money is not None
        if result.overall == "ABSTAIN":
            assert money.low <= 0 <= money.high
    assert "ADOPT" not in decisions


def test_harm_in_a_deployment_domain_rejects_a_gain_elsewhere() -> None:
    data = planted()
    # On photos classes 0 and 1 differ by nothing but what clutter shifts at random: who looks past it is lost.
    photo = external(groups=40)
    side = np.array([{"class0": 1.0, "class1": -1.0, "class2": 0.0}[label] for label in photo.labels])
    middle = np.where(side[:, None] == 0, np.eye(3, 8)[2] * 2.5, (np.eye(3, 8)[0] + np.eye(3, 8)[1]) * 1.25)
    along = np.eye(3, 8)[0] - np.eye(3, 8)[1] + 2.5 * np.eye(1, 8, 7)[0]
    flat = (middle + 0.8 * side[:, None] * along).astype(np.float32)
    data = replace(data, streams={**data.streams, "photo": photo.with_features(flat)})
    spec = study(
        domains=(Domain("clutter", "derived", stream="clutter"), Domain("photo", "external", stream="photo")),
    )
    result = prove(spec, data)
    assert one(result, "helpful", "clutter").decision == "ADOPT"
    assert one(result, "helpful", "photo").detail["safety"]["harm_shown"]
    assert result.overall == "REJECT"
    assert result.detail["overall"]["reason"]["values"]["domain"] == "photo"


def test_a_gate_helps_on_planted_wrong_labels_and_costs_on_right_ones() -> None:
    arms = (
        REAL,
        Arm("all", add="mixed"),
        Arm("gated", add="mixed", keep=ArmKeep("dataset.label_agreement", 0.55)),
        Arm("random", add="mixed", random_keep=0.55),
    )
    spec = study(domains=CLEAN, primary="clean", arms=arms, contrasts=("gated",), shots=(6,), splits=10)
    result = prove(spec, planted(groups=20))
    value = {arm.name: np.mean([s.value for s in result.arm_scores if s.arm == arm.name]) for arm in arms}
    made = {arm.name: {s.n_synthetic for s in result.arm_scores if s.arm == arm.name} for arm in arms}
    assert value["gated"] > value["random"] + 0.03
    assert value["gated"] > value["all"] + 0.03
    assert made["gated"] == made["random"] == {30}  # 55 % of 54


def test_the_weight_of_poor_samples_is_tuned_down_and_of_good_ones_up() -> None:
    grid = (0.01, 0.1, 1.0)
    arms = (REAL, Arm("poor", add="harmful", weights=grid), Arm("good", add="helpful", weights=grid))
    result = prove(study(arms=arms, contrasts=("good", "poor"), splits=6), planted())
    mean = {name: np.mean([s.weight for s in result.arm_scores if s.arm == name]) for name in ("poor", "good")}
    assert mean["poor"] == pytest.approx(0.01)
    assert mean["good"] > 0.05


def test_the_strongest_comparator_is_chosen_on_validation() -> None:
    arms = (REAL, Arm("bad", add="harmful"), Arm("strong", add="helpful"), Arm("null", add="null"))
    result = prove(study(arms=arms, comparators=("real", "bad", "strong"), contrasts=("null",)), planted())
    verdict = one(result, "null", "clutter")
    assert verdict.comparator == "strong"
    assert verdict.detail["comparators"] == {"strong": 8}
    assert verdict.decision == "REJECT"
    chosen = {row["comparator"]: row["chosen"] for row in result.detail["validation"]}
    assert chosen == {"real": 0, "bad": 0, "strong": 8}


def brought(n: int = 60, seed: int = 5) -> Items:
    """Rows that a user brought: right labels, no ancestors."""
    made = external(seed, groups=n // 3)
    return Items(
        tuple(f"row{i:03d}" for i in range(n)), made.labels, tuple(f"row{i:03d}" for i in range(n)), made.features
    )


def test_brought_rows_that_copy_test_items_are_excluded_and_reported() -> None:
    data = planted()
    clean = brought()
    stolen = data.real.take(range(0, len(data.real), 6))  # 16 real items under new names: the planted fault
    n = len(stolen)
    rows = Items(
        clean.ids + tuple(f"copy{i:02d}" for i in range(n)),
        clean.labels + stolen.labels,
        clean.groups + tuple(f"copy{i:02d}" for i in range(n)),
        np.concatenate([clean.features, stolen.features]),
    )
    spec = study(domains=CLEAN, primary="clean", arms=(REAL, Arm("rows", rows="rows")), contrasts=("rows",), shots=(3,))
    result = prove(spec, replace(data, streams={**data.streams, "rows": rows}))
    alarms = {alarm.code: str(alarm.reason) for alarm in result.alarms}
    assert "near_copies_of_test" in alarms
    effect = result.detail["with_copies"][0]
    assert effect["splits"] == 8
    assert effect["with"] > effect["without"]
    assert one(result, "rows", "clean").effect == pytest.approx(effect["without"])
    used = {s.n_synthetic for s in result.arm_scores if s.arm == "rows"}
    assert max(used) < len(rows)


def test_an_adopt_on_a_fixed_test_set_says_that_it_is_about_this_training_data() -> None:
    data = planted()
    photo = external(groups=60)
    away = np.eye(3, 8)[0] - np.eye(3, 8)[1] + 2.5 * np.eye(1, 8, 7)[0]
    shift = np.random.default_rng(3).normal(0, 3.0, (len(photo), 1))  # what clutter does, on items of others
    data = replace(
        data, streams={**data.streams, "photo": photo.with_features((photo.features + shift * away).astype(np.float32))}
    )
    places = (Domain("clutter", "derived", stream="clutter"), Domain("photo", "external", stream="photo"))
    result = prove(study(domains=places, primary="photo", deploy=("photo",)), data)
    verdict = one(result, "helpful", "photo")
    assert result.overall == verdict.decision == "ADOPT"
    assert "models of this training data" in str(verdict.reason)
    assert "models of this training data" in str(result.headline)
    assert "this training data" not in str(one(result, "helpful", "clutter").reason)


def test_honest_rows_are_hardly_ever_excluded() -> None:
    data = planted(groups=30)
    data = replace(data, streams={**data.streams, "rows": brought(150)})
    spec = study(domains=CLEAN, primary="clean", arms=(REAL, Arm("rows", rows="rows")), contrasts=("rows",))
    result = prove(spec, data)
    kept = np.mean([s.n_synthetic for s in result.arm_scores if s.arm == "rows"])
    assert kept >= 0.98 * 150
