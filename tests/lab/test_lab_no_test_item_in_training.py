"""Law 8: test items never touch training; and the law itself is tested by breaking the door."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab_material import planted, study

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.domain import Domain
from shisaku.errors import ContaminationError
from shisaku.lab import arms as arms_module
from shisaku.lab import made as made_module
from shisaku.lab import trial as trial_module
from shisaku.lab.arms import TrainSet
from shisaku.lab.bench import Bench
from shisaku.lab.items import Items
from shisaku.lab.made import only_from_train
from shisaku.lab.prove import prove
from shisaku.lab.trial import run_trial

EVERY = (
    Arm("real"),
    Arm("copies", oversample=2),
    Arm("helpful", add="helpful", weights=(0.1, 1.0)),
    Arm("placebo", add="helpful", shuffle=True),
    Arm("more", more_real=2),
    Arm("gated", add="mixed", keep=ArmKeep("dataset.label_agreement", 0.5)),
    Arm("gated_random", add="mixed", random_keep=0.5),
)
SPEC = study(arms=EVERY, comparators=("real", "copies"), contrasts=("helpful", "gated"), shots=(4,), splits=2)


def test_nothing_trained_on_is_or_descends_from_a_test_item(monkeypatch: pytest.MonkeyPatch) -> None:
    data = planted()
    seen: list[TrainSet] = []
    build = arms_module.train_set

    def spying(*args: object) -> TrainSet:
        made = build(*args)  # type: ignore[arg-type]
        seen.append(made)
        return made

    monkeypatch.setattr(trial_module, "train_set", spying)
    bench = Bench.lay(SPEC, data)
    for index in range(3):
        seen.clear()
        trial = run_trial(bench, index, 4)
        tested = {data.real.ids[i] for i in trial.tests["clean"]}
        parents = dict(zip(data.streams["helpful"].ids, data.streams["helpful"].parents, strict=True))
        parents |= dict(zip(data.streams["mixed"].ids, data.streams["mixed"].parents, strict=True))
        assert len(seen) == len(EVERY)
        for one in seen:
            assert not one.roots & tested
            assert not {p for child in one.picked for p in parents[child]} & tested
        assert not set(trial.trained_on) & tested
        kin = {p for i in trial.tests["clutter"] for p in data.streams["clutter"].parents[i]}
        assert kin <= tested


def test_a_broken_door_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutation: the door lets everything through, so children of test items reach an arm."""
    monkeypatch.setattr(made_module, "only_from_train", lambda children, *_: np.arange(len(children)))
    with pytest.raises(ContaminationError, match=r"test item|made from it"):
        prove(SPEC, planted())


def test_a_broken_door_is_caught_in_inner_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutation: children of held-out fold items are let into inner training only."""
    door = made_module.only_from_train
    whole: list[frozenset[str]] = []

    def leaking(children: Items, train: frozenset[str], *rest: object) -> np.ndarray:
        whole.append(frozenset(train))
        return door(children, max(whole, key=len) if len(train) < 12 else train, *rest)  # type: ignore[arg-type]

    # 3 classes x 4 shots = 12 training items; the first call sees an inner fold, so show it all 12 first.
    data = planted()
    whole.append(frozenset(data.real.ids[i] for i in Bench.lay(SPEC, data).split(0).train(4)))
    monkeypatch.setattr(made_module, "only_from_train", leaking)
    with pytest.raises(ContaminationError):
        run_trial(Bench.lay(SPEC, data), 0, 4)


def child(*parents: str) -> Items:
    return Items(("made",), ("class0",), ("g",), np.zeros((1, 2), dtype=np.float32), (parents,))


def test_the_door() -> None:
    real, pools = {"a", "b", "test"}, {"background"}
    assert only_from_train(child("a", "background"), {"a", "b"}, real, pools).tolist() == [0]
    assert only_from_train(child("a", "test"), {"a", "b"}, real, pools).tolist() == []
    for parents in ((), ("background",), ("a", "stranger")):
        with pytest.raises(ContaminationError, match="not known"):
            only_from_train(child(*parents), {"a", "b"}, real, pools)


def test_pool_material_shared_by_training_and_test_is_refused() -> None:
    data = planted()
    mixed_in = {
        name: replace(items, parents=tuple((*above, "photo7") for above in items.parents))
        for name, items in data.streams.items()
        if name in ("helpful", "clutter")
    }
    shared = replace(data, streams={**data.streams, **mixed_in}, pools=frozenset({"photo7"}))
    with pytest.raises(ContaminationError, match="photo7"):
        prove(study(), shared)


def test_an_external_test_set_that_overlaps_is_refused() -> None:
    data = planted()
    spec = study(domains=(Domain("clean", "resplit"), Domain("photo", "external", stream="photo")), primary="clean")
    overlapping = replace(data, streams={**data.streams, "photo": data.real.take(range(10))})
    with pytest.raises(ContaminationError, match="share"):
        prove(spec, overlapping)
