"""A study by canonical correlation: items and targets are compared in the space that both are mapped to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from lab_material import REAL, planted, study

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.lab.bench import Bench
from shisaku.lab.items import Items, StudyData
from shisaku.lab.trial import run_trial


def pictures(seed: int = 0) -> StudyData:
    """Targets tell three numbers of an item under large noise of their own; `wrong` made items tell another's."""
    rng = np.random.default_rng(seed)
    data = planted(seed, groups=30, size=1)
    told = data.real.features[:, :6] @ rng.normal(size=(6, 12))
    aims = np.hstack([told, rng.normal(0, 6.0, (len(told), 30))]).astype(np.float32)
    real = replace(data.real, targets=aims)
    made = data.streams["null"]
    place = {item: i for i, item in enumerate(real.ids)}
    rows = np.array([place[above[0]] for above in made.parents])

    def children(targets: np.ndarray) -> Items:
        return replace(made, features=real.features[rows], targets=targets[rows])

    return StudyData(real, {"same": children(aims), "wrong": children(aims[rng.permutation(len(aims))])})


SPEC = study(
    domains=(Domain("clean", "resplit"),),
    primary="clean",
    arms=(REAL, Arm("oversample", oversample=4), Arm("same", add="same"), Arm("wrong", add="wrong")),
    comparators=("real", "oversample"),
    contrasts=("same", "wrong"),
    metric="accuracy",
    target=Feature("text.embed"),
    found_in=3,
    learner={"name": "cca"},
    splits=4,
)


def mean(**learner: Any) -> dict[str, float]:
    bench = Bench.lay(replace(SPEC, learner=learner), pictures())
    trials = [run_trial(bench, split, 0) for split in range(SPEC.splits)]
    value = {arm.name: [trial.arm(arm.name).values["clean"] for trial in trials] for arm in SPEC.arms}
    assert value["oversample"] == value["real"]
    return {name: float(np.mean(found)) for name, found in value.items()}


def test_it_looks_past_what_targets_tell_of_nothing_and_wrong_targets_harm() -> None:
    cca, ridge = mean(name="cca"), mean(name="ridge", grid=[1e-3, 0.1, 10.0])
    assert cca["real"] > ridge["real"] + 0.1
    assert cca["wrong"] < cca["real"] - 0.05
