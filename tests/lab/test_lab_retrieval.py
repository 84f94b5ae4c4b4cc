"""Retrieval: a map to target embeddings, items found among their neighbours, and oversampling that changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab_material import planted, study

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.lab.bench import Bench
from shisaku.lab.items import Items, StudyData
from shisaku.lab.predict import Retrieval, Written
from shisaku.lab.prove import prove
from shisaku.lab.trial import run_trial


def pictures(seed: int = 0) -> StudyData:
    """Items with a target that is a noisy linear image of the features; `same` repeats it, `wrong` tells another's."""
    rng = np.random.default_rng(seed)
    data = planted(seed)
    turn = rng.normal(size=(data.real.features.shape[1], 12))
    targets = (data.real.features @ turn + rng.normal(0, 0.3, (len(data.real), 12))).astype(np.float32)
    real = replace(data.real, targets=targets)
    place = {item: i for i, item in enumerate(real.ids)}

    def children(name: str, aims: np.ndarray) -> Items:
        made = data.streams["null"]
        rows = [place[above[0]] for above in made.parents]
        return replace(made, features=real.features[rows], targets=aims[rows].astype(np.float32))

    wrong = targets[rng.permutation(len(targets))]
    streams = {"same": children("same", targets + rng.normal(0, 0.05, targets.shape)), "wrong": children("w", wrong)}
    return StudyData(real, streams, {"flat": {item: np.ones(12) for item in real.ids}})


SPEC = study(
    domains=(Domain("clean", "resplit"),),
    primary="clean",
    arms=(
        Arm("real"), Arm("oversample", oversample=4), Arm("flat", scores=Feature("x")),
        Arm("same", add="same"), Arm("wrong", add="wrong"), Arm("placebo", add="same", shuffle=True),
    ),
    comparators=("real", "oversample", "flat"),
    contrasts=("same", "wrong"),
    metric="accuracy",
    target=Feature("text.embed"),
    found_in=2,
    learner={"name": "ridge"},
)  # fmt: skip


def test_the_better_system_is_chosen_where_a_fold_holds_hardly_more_than_what_may_be_found() -> None:
    """Planted: among the few items of a fold everything is in the first ten, so all systems looked alike."""
    data = pictures()
    rng = np.random.default_rng(1)
    exact = {item: row.astype(np.float64) for item, row in zip(data.real.ids, data.real.targets, strict=True)}
    vague = {item: row + rng.normal(0, 8.0, row.shape) for item, row in exact.items()}
    arms = (Arm("vague", scores=Feature("x")), Arm("exact", scores=Feature("y")), Arm("same", add="same"))
    spec = replace(SPEC, arms=arms, comparators=("vague", "exact"), contrasts=("same",), found_in=10, shots=(5,))
    trial = run_trial(Bench.lay(spec, replace(data, scores={"vague": vague, "exact": exact})), 0, 5)
    assert trial.validation["exact"] > trial.validation["vague"]
    assert trial.comparator == "exact"


def test_oversampling_is_exactly_real_alone_and_wrong_targets_harm() -> None:
    result = prove(SPEC, pictures())
    value = {(s.arm, s.split): s.value for s in result.arm_scores}
    for split in range(SPEC.splits):
        assert value["oversample", split] == value["real", split]
    verdict = {v.arm: v for v in result.verdicts}
    assert verdict["wrong"].effect < -0.1
    assert value["flat", 0] <= 0.1
    assert "oversample_differs" not in {alarm.code for alarm in result.alarms}
    assert "no_answer" not in {alarm.code for alarm in result.alarms}


def test_recall_is_counted_by_hand_in_a_small_case() -> None:
    targets = np.array([[1, 0], [0, 1], [1, 1]], dtype=np.float32)
    items = Items(("a", "b", "c"), ("x", "y", "z"), ("a", "b", "c"), np.zeros((3, 1), np.float32), targets=targets)
    vectors = {"a": np.array([1.0, 0.1]), "b": np.array([1.0, 0.0]), "c": np.array([1.0, 1.0])}
    rows, codes = np.arange(3), np.arange(3)
    # a: b is nearer to (1, 0) than a itself; b: nothing is further; c: itself.
    assert Retrieval(Written(vectors), 1).answer(items, codes, rows).codes.tolist() == [-1, -1, 2]
    assert Retrieval(Written(vectors), 2).answer(items, codes, rows).codes.tolist() == [0, -1, 2]
    assert Retrieval(Written(vectors), 3).answer(items, codes, rows).codes.tolist() == [0, 1, 2]


def test_ties_count_against_the_item_and_a_missing_vector_is_never_found() -> None:
    targets = np.ones((2, 2), dtype=np.float32)
    items = Items(("a", "b"), ("x", "y"), ("a", "b"), np.zeros((2, 1), np.float32), targets=targets)
    same = {"a": np.ones(2), "b": np.ones(2)}
    assert Retrieval(Written(same), 1).answer(items, np.arange(2), np.arange(2)).codes.tolist() == [-1, -1]
    assert Retrieval(Written({"a": np.ones(2)}), 2).answer(items, np.arange(2), np.arange(2)).codes.tolist() == [0, -1]


def test_a_learner_of_classes_is_refused() -> None:
    from shisaku.errors import RecipeError

    with pytest.raises(RecipeError, match="learner of maps"):
        run_trial(Bench.lay(replace(SPEC, learner={"name": "logistic"}), pictures()), 0, 0)


def test_a_grid_that_is_cut_off_is_an_alarm() -> None:
    """The trap that this guards against: a truncated grid makes made data look harmful."""
    cut = prove(replace(SPEC, learner={"name": "ridge", "grid": [10.0, 100.0]}), pictures())
    assert "setting_at_end" in {alarm.code for alarm in cut.alarms}
    assert "setting_at_end" not in {alarm.code for alarm in prove(SPEC, pictures()).alarms}
