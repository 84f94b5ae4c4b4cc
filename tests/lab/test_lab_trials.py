"""The numbers of a study do not depend on processes, order of work, or where it was stopped."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import numpy as np
import pytest
from lab_material import external, planted, study

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.domain import Domain
from shisaku.errors import MachineError
from shisaku.lab.items import StudyData
from shisaku.lab.prove import prove
from shisaku.lab.trial import Trial
from shisaku.lab.trials import all_trials, run_trials, spread

SPEC = study(
    domains=(
        Domain("clean", "resplit"),
        Domain("clutter", "derived", stream="clutter", validate="validate"),
        Domain("photo", "external", stream="photo"),
    ),
    arms=(
        Arm("real"),
        Arm("copies", oversample=2),
        Arm("helpful", add="helpful", weights=(0.1, 0.5)),
        Arm("gated", add="mixed", keep=ArmKeep("dataset.label_agreement", 0.5)),
        Arm("placebo", add="helpful", shuffle=True),
        Arm("guess", scores=study().feature),
    ),
    comparators=("real", "copies", "guess"),
    contrasts=("helpful", "gated"),
    shots=(4, 6),
    splits=2,
)


def data() -> StudyData:
    made = planted()
    streams = {**made.streams, "photo": external()}
    rng = np.random.default_rng(0)
    every = [made.real, *streams.values()]
    scores = {item: rng.random(3) for items in every for item in items.ids}
    return replace(made, streams=streams, scores={"guess": scores})


def test_serial_parallel_resumed_and_reread_are_equal() -> None:
    serial = run_trials(SPEC, data())
    assert (
        [(trial.split, trial.shots) for trial in serial] == [(0, 4), (1, 4), (0, 6), (1, 6)] == list(all_trials(SPEC))
    )
    assert run_trials(SPEC, data(), workers=2) == serial
    kept = {number: Trial.from_json(json.loads(json.dumps(trial.to_json()))) for number, trial in enumerate(serial)}
    assert tuple(kept.values()) == serial
    del kept[1], kept[2]
    new: dict[int, Trial] = {}
    told: list[tuple[int, int]] = []
    again = run_trials(
        SPEC,
        data(),
        done=kept,
        on_done=new.__setitem__,
        progress=lambda _, done, total: told.append((done, total)),
    )
    assert again == serial
    assert sorted(new) == [1, 2]
    assert told == [(2, 4), (3, 4), (4, 4)]


def test_a_whole_study_is_equal_on_one_and_two_processes() -> None:
    one, two = prove(SPEC, data()), prove(SPEC, data(), workers=2)
    assert [v.to_json() for v in one.verdicts] == [v.to_json() for v in two.verdicts]
    assert one == two


def lay(ground: int) -> int:
    return ground


def die(ground: int, job: int) -> int:
    if job == 2:
        os._exit(9)  # as the kernel ends a process that takes too much memory
    return ground + job


def test_a_worker_that_dies_is_an_error_of_the_machine() -> None:
    with pytest.raises(MachineError, match="worker process died") as caught:
        list(spread(lay, 1, die, range(6), 2))
    assert caught.value.next is not None


@pytest.fixture(scope="module")
def result():
    return prove(SPEC, data())


def test_every_table_is_complete(result) -> None:
    arms, domains, trials = 6, 3, 4
    assert len(result.arm_scores) == arms * domains * trials
    assert len(result.verdicts) == 2 * domains * 2
    tested = {(p.split, p.shots, p.domain, p.item) for p in result.predictions}
    assert len(result.predictions) == arms * len(tested)
    for score in result.arm_scores:
        mine = [p for p in result.predictions if (p.split, p.shots, p.domain, p.arm)
                == (score.split, score.shots, score.domain, score.arm)]  # fmt: skip
        assert len(mine) == score.n_test
        recalls = [
            np.mean([p.predicted == p.truth for p in mine if p.truth == c]) for c in sorted({p.truth for p in mine})
        ]
        assert score.value == pytest.approx(np.mean(recalls))
    gated = [score for score in result.arm_scores if score.arm == "gated"]
    assert {score.n_train for score in gated} == {12, 18}
    assert {score.n_synthetic for score in gated} == {18, 27}  # half of three children each
    assert {row["arm"] for row in result.per_class} == {arm.name for arm in SPEC.arms}
    assert json.loads(json.dumps(result.detail))["notes"] == {}


def test_verdicts_say_what_decided(result) -> None:
    for verdict in result.verdicts:
        shots = verdict.detail["shots"]
        assert verdict.n == round(verdict.detail["n_test"])
        assert verdict.simulated == (verdict.domain == "clutter")
        assert verdict.detail["n_train"] == 3 * shots
        assert sum(verdict.detail["comparators"].values()) == verdict.seeds == 2
        if verdict.domain == "photo":
            assert verdict.method in ("two_level_bootstrap", "cluster_t")  # t where hardly any item differs
            assert verdict.detail["clusters"] == 60
        else:
            assert verdict.method == "nadeau_bengio_t"
    assert result.plan["overall"]["shots"] == 6


def test_scores_of_an_untrained_system_count_as_they_are(result) -> None:
    scores = data().scores["guess"]
    for p in result.predictions:
        if p.arm == "guess":
            assert p.predicted == f"class{int(scores[p.item].argmax())}"
