"""Pitfalls 1, 2, 6, 7, 13: what is tested on reaches training, a filter or a choice. Each check is taken away once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lab_material import REAL, planted, study

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.domain import Domain
from shisaku.errors import ContaminationError
from shisaku.lab import made as made_module
from shisaku.lab import predict, trial, validation
from shisaku.lab.bench import Bench
from shisaku.lab.contamination import Contaminated
from shisaku.lab.items import Items, StudyData
from shisaku.lab.prove import prove
from shisaku.lab.trial import run_trial
from shisaku.learn.examples import Examples

CLEAN = {"domains": (Domain("clean", "resplit"),), "primary": "clean"}
taken_away = pytest.mark.parametrize("taken_away", [False, True], ids=["checked", "check taken away"])


@taken_away
def test_pitfall_01_rows_that_copy_test_items(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    data = planted()
    stolen = data.real.take(range(0, len(data.real), 3))
    rows = replace(stolen, ids=tuple(f"row{i}" for i in range(len(stolen))), groups=tuple(map(str, range(len(stolen)))))
    own = Items(("own",), ("class0",), ("own",), data.real.features[:1] * 5)
    both = Items(rows.ids + own.ids, rows.labels + own.labels, rows.groups + own.groups,
                 np.concatenate([rows.features, own.features]))  # fmt: skip
    if taken_away:
        monkeypatch.setattr(trial, "near_test", lambda *_: Contaminated(frozenset(), 1.0))
    spec = study(**CLEAN, arms=(REAL, Arm("rows", rows="rows")), contrasts=("rows",), shots=(3,), splits=3)
    result = prove(spec, replace(data, streams={"rows": both}))
    assert ("near_copies_of_test" in {alarm.code for alarm in result.alarms}) is not taken_away


@taken_away
def test_pitfall_02_augmented_before_the_split(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the door lets children of test items into training. A second check, apart from it, sees what they are.

    (That the door itself holds is test_lab_no_test_item_in_training.)
    """
    monkeypatch.setattr(made_module, "only_from_train", lambda children, *_: np.arange(len(children)))
    if taken_away:
        for module in (trial, validation):
            monkeypatch.setattr(module, "untouched", lambda *_: None)
        prove(study(splits=2), planted())
        return
    with pytest.raises(ContaminationError, match="made from it"):
        prove(study(splits=2), planted())


@taken_away
def test_pitfall_06_made_items_among_those_that_are_chosen_or_tested_by(
    taken_away: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    apart = predict.set_apart

    def with_made(rows: Examples, share: float, seed: int, key: str) -> tuple[Examples, Examples | None]:
        inside, val = apart(rows, share, seed, key)
        if taken_away and val is not None:
            val = rows.take([i for i, group in enumerate(rows.groups) if group in val.groups])
        seen.append(val is not None and bool(val.made.any()))
        return inside, val

    monkeypatch.setattr(predict, "set_apart", with_made)
    result = prove(study(val_share=0.3, splits=2, **CLEAN), planted())
    real = set(planted().real.ids)
    assert any(seen) is taken_away
    assert {one.item for one in result.predictions} <= real


def scrambled(data: StudyData, test: set[str]) -> StudyData:
    """The same study, but everything about its test items in one split is another: features, and children's too."""
    rng = np.random.default_rng(3)

    def other(items: Items) -> Items:
        x = items.features.copy()
        hit = [i for i, item in enumerate(items.ids) if item in test or set(items.parents[i]) & test]
        x[hit] = rng.normal(0, 3, (len(hit), x.shape[1]))
        return items.with_features(x)

    return replace(data, real=other(data.real), streams={name: other(one) for name, one in data.streams.items()})


def choices_of(spec: Any, data: StudyData) -> list[Any]:
    found = run_trial(Bench.lay(spec, data), 1, 4)
    return [found.comparator, found.validation, [(one.arm, one.weight, one.settings) for one in found.arms]]


def held_out(spec: Any, data: StudyData) -> set[str]:
    return {data.real.ids[i] for i in Bench.lay(spec, data).split(1).test}


@taken_away
def test_pitfall_07_a_filter_that_saw_test_items(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    data = planted()
    gate = ArmKeep("dataset.label_agreement", 0.5)
    spec = study(**CLEAN, arms=(REAL, Arm("gated", add="mixed", keep=gate)), contrasts=("gated",), splits=2)
    picked: list[tuple[int, ...]] = []
    best = made_module.gates.best

    def spying(bench: Bench, arm: Arm, rows: Any, codes: Any, train: Any) -> Any:
        stay = best(bench, arm, rows, codes, np.arange(len(bench.data.real)) if taken_away else train)
        picked.append(tuple(rows[stay]))
        return stay

    monkeypatch.setattr(made_module.gates, "best", spying)
    run_trial(Bench.lay(spec, data), 1, 4)
    first, picked = picked, []
    run_trial(Bench.lay(spec, scrambled(data, held_out(spec, data))), 1, 4)
    assert (first == picked) is not taken_away


@taken_away
def test_pitfall_13_a_weight_setting_or_comparator_chosen_on_the_test(
    taken_away: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = planted()
    arms = (REAL, Arm("copies", oversample=2), Arm("mixed", add="mixed", weights=(0.02, 0.3, 1.0)))
    spec = study(**CLEAN, arms=arms, contrasts=("mixed",), comparators=("real", "copies"), tune={"C": (0.01, 1.0)})
    if taken_away:
        monkeypatch.setattr(validation.Inner, "_test", lambda self, *_: self.bench.split(self.key).test)
    same = choices_of(spec, data) == choices_of(spec, scrambled(data, held_out(spec, data)))
    assert same is not taken_away
