"""A generator that gives out test items under the names of training items: found, left out, told; none found else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab_material import external, planted, study

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.lab import trial as trial_module
from shisaku.lab.alarms.data import copy_alarms
from shisaku.lab.arms import TrainSet
from shisaku.lab.bench import Bench
from shisaku.lab.copy_bound import EXACT, copy_bound
from shisaku.lab.items import Items, StudyData
from shisaku.lab.trial import Trial, run_trial
from shisaku.lab.tuning import Choice

ARMS = (Arm("real"), Arm("made", add="made"), Arm("placebo", add="made", shuffle=True))
SPEC = study(arms=ARMS, contrasts=("made",), domains=(Domain("clean", "resplit"),), primary="clean", splits=4)


def digits() -> Items:
    """600 digits of 64 grey values; who wrote which is not known."""
    from sklearn.datasets import load_digits

    held = load_digits()
    x, y = held.data[:600].astype(np.float32), held.target[:600]
    ids = tuple(f"digit{i:03d}" for i in range(len(x)))
    return Items(ids, tuple(map(str, y)), ids, x)


def made_of(real: Items, seed: int, times: int = 2, copied: float = 0.0, noise: float = 1.0) -> tuple[Items, set[str]]:
    """Children a little away from their parents, a share of them copies of other items; and which these are."""
    rng = np.random.default_rng(seed)
    parent = np.tile(np.arange(len(real)), times)
    x = real.features[parent] + noise * rng.normal(size=(len(parent), real.features.shape[1]))
    ids = tuple(f"{real.ids[p]}/made.{i // len(real)}" for i, p in enumerate(parent))
    stolen = rng.choice(len(parent), round(copied * len(parent)), replace=False)
    x[stolen] = real.features[rng.integers(len(real), size=len(stolen))]
    made = Items(
        ids, tuple(real.labels[p] for p in parent), tuple(real.groups[p] for p in parent),
        np.maximum(x, 0.0).astype(np.float32), tuple((real.ids[p],) for p in parent),
    )  # fmt: skip
    return made, {ids[i] for i in stolen}


def trials(real: Items, made: Items, n: int = 3) -> list[Trial]:
    bench = Bench.lay(SPEC, StudyData(real, {"made": made}))
    return [run_trial(bench, split, 8) for split in range(n)]


def copies_of(trial: Trial, real: Items, made: Items) -> set[str]:
    """The made items that equal a test item of the split and descend from none: found in another way."""
    tested = {real.ids[i]: real.features[i].tobytes() for i in trial.tests["clean"]}
    seen = set(tested.values())
    return {
        name
        for name, row, above in zip(made.ids, made.features, made.parents, strict=True)
        if row.tobytes() in seen and above[0] not in tested
    }


@pytest.mark.parametrize("share", [0.01, 0.05, 0.2])
def test_every_planted_copy_is_left_out_of_every_arm_and_told(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    real = digits()
    made, stolen = made_of(real, 1, copied=share)
    picked: list[set[str]] = []
    build = trial_module.train

    def spying(bench: Bench, arm: Arm, data: TrainSet, choice: Choice, key: str) -> object:
        picked.append(set(data.picked))
        return build(bench, arm, data, choice, key)

    monkeypatch.setattr(trial_module, "train", spying)
    found = trials(real, made)
    for trial in found:
        hits = set(trial.copies["made"])
        assert hits == copies_of(trial, real, made)
        assert hits
        assert hits <= stolen
        assert [one.arm for one in trial.with_copies] == ["made", "placebo"]
    first = picked[: len(ARMS) + 2]
    assert all(not names & set(found[0].copies["made"]) for names in first[: len(ARMS)])
    assert first[1] == first[2] != set()
    (alarm,) = copy_alarms(found)
    assert alarm.code == "near_copies_of_test"
    assert alarm.severity == "warning"


@pytest.mark.parametrize("noise", [0.05, 1.0, 3.0])
def test_an_honest_generator_raises_no_alarm(noise: float) -> None:
    real = digits()
    for seed in range(3):
        made, _ = made_of(real, seed, times=5, noise=noise)
        found = trials(real, made, 2)
        assert all(not trial.copies["made"] and not trial.with_copies for trial in found)
        assert list(copy_alarms(found)) == []


@pytest.mark.parametrize("stream", ["helpful", "harmful", "null", "mixed"])
def test_few_features_and_close_children_raise_none(stream: str) -> None:
    for seed in range(4):
        data = planted(seed)
        spec = study(arms=(Arm("real"), Arm("made", add=stream)), contrasts=("made",))
        assert not run_trial(Bench.lay(spec, data), seed, 4).copies[stream]


def test_a_copy_of_a_fixed_test_item_is_found_too() -> None:
    data, photos = planted(), external()
    helpful = data.streams["helpful"]
    x = helpful.features.copy()
    x[5] = photos.features[7]
    streams = {**data.streams, "photo": photos, "helpful": helpful.with_features(x)}
    domains = (Domain("clean", "resplit"), Domain("photo", "external", stream="photo"))
    spec = study(domains=domains, primary="clean")
    bench = Bench.lay(spec, replace(data, streams=streams))
    hits = [run_trial(bench, split, 4).copies["helpful"] for split in range(3)]
    tested = [helpful.parents[5][0] in {data.real.ids[i] for i in bench.split(split).test} for split in range(3)]
    assert hits == [() if own else (helpful.ids[5],) for own in tested]
    assert any(hits)


def test_the_bound_is_beyond_what_real_items_reach() -> None:
    rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [0.0, 1.0]])
    assert copy_bound(rows, ["a", "b", "c", "c"]) == pytest.approx(1 - (1 - 0.8) / 16)
    assert copy_bound(rows, ["a", "b", "c", "d"]) == float("inf"), "equal items are usual here: nothing can be told"
    assert copy_bound(rows[:0], []) == copy_bound(rows, ["a"] * 4) == EXACT
