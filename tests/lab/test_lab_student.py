"""What a study records for the next round: answers about training items only, by models that did not see them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lab_material import REAL, external, planted, study

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.domain import Domain
from shisaku.lab.bench import Bench
from shisaku.lab.controls import with_controls
from shisaku.lab.gates import best, kept_size
from shisaku.lab.looks import Chooser, Ledger, plan_key
from shisaku.lab.made import only_from_train
from shisaku.lab.prove import prove
from shisaku.lab.trial import Trial, run_trial

SPEC, DATA = study(splits=2), planted()
HARD = Arm("hard", add="helpful", keep=ArmKeep("dataset.student_errors", bottom=0.3))


def test_a_study_records_answers_about_training_items_only() -> None:
    result = prove(SPEC, DATA)
    assert result.detail["look"] == plan_key(SPEC, DATA)
    by_split = {split: [row for row in result.out_of_fold if row["split"] == split] for split in range(2)}
    for split, rows in by_split.items():
        trained = {DATA.real.ids[i] for i in Bench.lay(SPEC, DATA).split(split).train(0)}
        assert {row["item"] for row in rows} == trained
        assert len(rows) == len(trained)
    right = [row["predicted"] == row["truth"] for row in result.out_of_fold]
    assert np.mean(right) > 0.7


def test_what_is_recorded_never_depends_on_test_items() -> None:
    bench = Bench.lay(SPEC, DATA)
    tested = bench.split(0).test
    spoilt = DATA.real.features.copy()
    spoilt[tested] = np.random.default_rng(0).normal(0, 50, spoilt[tested].shape)
    other = replace(DATA, real=DATA.real.with_features(spoilt))
    assert run_trial(Bench.lay(SPEC, other), 0, 0).student == run_trial(bench, 0, 0).student


def test_no_item_is_answered_by_a_model_that_saw_its_group() -> None:
    # Labels by chance, one for a whole group: a model that saw the group would know them.
    rng = np.random.default_rng(3)
    names = sorted(set(DATA.real.groups))
    given = dict(zip(names, rng.integers(0, 2, len(names)), strict=True))
    features = rng.normal(size=(len(names), 80)).astype(np.float32)
    rows = features[[names.index(group) for group in DATA.real.groups]]
    labels = tuple(f"class{given[group]}" for group in DATA.real.groups)
    real = replace(DATA.real, labels=labels, features=rows)
    spec = study(domains=(Domain("clean", "resplit"),), primary="clean", arms=(REAL, Arm("copies", oversample=2)))
    answers = run_trial(Bench.lay(replace(spec, contrasts=("copies",)), replace(DATA, real=real, streams={})), 0, 0)
    codes = {item: int(label[-1]) for item, label in zip(real.ids, labels, strict=True)}
    assert 0.25 < np.mean([codes[item] == code for item, code in answers.student.items()]) < 0.75


def test_trials_kept_by_an_older_version_still_read() -> None:
    raw = run_trial(Bench.lay(SPEC, DATA), 0, 4).to_json()
    assert Trial.from_json(raw).student == raw["student"] != {}
    del raw["student"]
    assert Trial.from_json(raw).student == {}


def test_a_study_without_real_training_items_has_no_student() -> None:
    spec = study(
        train="made",
        domains=(Domain("photo", "external", stream="photo"),),
        primary="photo",
        arms=(Arm("made", add="helpful"),),
        comparators=("made",),
        contrasts=(),
    )
    data = replace(DATA, streams={**DATA.streams, "photo": external()})
    assert run_trial(Bench.lay(spec, data), 0, 0).student == {}


def test_a_gate_by_the_student_keeps_children_of_the_hardest_training_items() -> None:
    spec = study(arms=(REAL, HARD), contrasts=("hard",))
    train = Bench.lay(spec, DATA).split(0).train(0)
    # Two groups of the first class look like the second.
    odd = sorted({DATA.real.groups[i] for i in train if DATA.real.labels[i] == "class0"})[:2]
    rows = [i for i in train if DATA.real.groups[i] in odd]
    features = DATA.real.features.copy()
    features[rows] = DATA.real.features[[i for i in train if DATA.real.labels[i] == "class1"][: len(rows)]] + 0.1
    data = replace(DATA, real=DATA.real.with_features(features))
    bench = Bench.lay(spec, data)
    made = bench.data.streams["helpful"]
    ids = frozenset(DATA.real.ids[i] for i in train)
    picked = only_from_train(made, ids, bench.place.keys(), frozenset())
    kept = best(bench, HARD, picked, bench.codes["helpful"][picked], train)
    assert len(kept) == kept_size(0.3, len(picked))
    seeds = {made.parents[picked[place]][0] for place in kept}
    assert seeds >= {DATA.real.ids[i] for i in rows}
    assert seeds <= ids
    assert len(seeds) <= round(0.3 * len(train)) + 1, "all children of a few, not some of many"


def test_its_control_is_as_large() -> None:
    spec = with_controls(study(arms=(REAL, HARD), contrasts=("hard",)), ())
    assert spec.arms[-1] == Arm("hard_random", add="helpful", random_keep=0.3)
    trial = run_trial(Bench.lay(spec, DATA), 0, 0)
    assert trial.arm("hard").n_synthetic == trial.arm("hard_random").n_synthetic


def test_the_student_of_a_gate_is_that_of_the_study(monkeypatch: pytest.MonkeyPatch) -> None:
    from shisaku.ops.dataset.student_errors import StudentErrors

    seen = []
    monkeypatch.setattr(StudentErrors, "scores", lambda self, state: seen.append(dict(self.student)) or [])
    with pytest.raises(Exception, match="gave no score"):
        run_trial(Bench.lay(study(arms=(REAL, HARD), contrasts=("hard",)), DATA), 0, 0)
    assert seen[0] == dict(SPEC.learner)


def test_a_study_that_chose_the_seeds_is_a_look(tmp_path: Path) -> None:
    some = frozenset(DATA.real.ids[:3])
    ledger = Ledger(tmp_path, (Chooser("an earlier plan", some),))
    assert ledger.count(SPEC, DATA) == 1
    assert Ledger(tmp_path, (Chooser("an earlier plan", frozenset({"else"})),)).count(SPEC, DATA) == 0
    assert Ledger(tmp_path, (Chooser(plan_key(SPEC, DATA), some),)).count(SPEC, DATA) == 0
    fixed = study(domains=(Domain("photo", "external", stream="photo"),), primary="photo")
    data = replace(DATA, streams={**DATA.streams, "photo": external()})
    assert ledger.count(fixed, data) == 0, "its real items are no test"
    ledger = Ledger(tmp_path, (Chooser("an earlier plan", frozenset({"photo003"})),))
    assert ledger.count(fixed, data) == 1


def test_a_look_is_not_counted_twice(tmp_path: Path) -> None:
    earlier = study(splits=3)
    Ledger(tmp_path).add(earlier, DATA)
    chooser = Chooser(plan_key(earlier, DATA), frozenset(DATA.real.ids))
    assert Ledger(tmp_path, (chooser,)).count(SPEC, DATA) == 1
    wide = study(expected_gain=0.9, splits=6)
    assert str(prove(wide, DATA, looks=Ledger(tmp_path, (chooser,))).headline).startswith("Replication on data")
