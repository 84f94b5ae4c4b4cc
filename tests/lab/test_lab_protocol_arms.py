"""The arms of protocol P-1: what each trains on, at which size, under which labels, and what it may choose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lab_material import LEARNER, REAL, planted, study

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.errors import RecipeError
from shisaku.lab.arms import TrainSet, train_set
from shisaku.lab.bench import Bench
from shisaku.lab.items import Items, StudyData
from shisaku.lab.made import Drawn
from shisaku.lab.purchase import noisy
from shisaku.lab.trial import Trial, run_trial
from shisaku.lab.tuning import choices
from shisaku.lab.validated import set_apart

CLEAN = (Domain("clean", "resplit"),)


def laid(*arms: Arm, data: StudyData | None = None, **changes: Any) -> Bench:
    plain = {"domains": CLEAN, "primary": "clean", "arms": (REAL, *arms), "contrasts": (arms[-1].name,)}
    return Bench.lay(study(**{**plain, **changes}), data or planted())


def drawn(bench: Bench, shots: int = 6, split: int = 0) -> Drawn:
    one = bench.split(split)
    return Drawn(
        one.train(shots), lambda k: one.train(shots, k), f"{split}/{shots}", lambda n: one.further(shots, n)
    )  # fmt: skip


def trained_on(bench: Bench, name: str, **where: int) -> TrainSet:
    return train_set(bench, bench.arm(name), drawn(bench, **where))


def test_a_ratio_takes_that_many_for_every_real_item_and_the_smaller_is_in_the_larger() -> None:
    ratios = (0.5, 1.0, 2.0)
    bench = laid(*(Arm(f"r{ratio}", add="helpful", ratio=ratio) for ratio in ratios))
    found = [set(trained_on(bench, f"r{ratio}").picked) for ratio in ratios]
    assert [len(one) for one in found] == [9, 18, 36]
    assert found[0] < found[1] < found[2]
    assert set(trained_on(bench, "r1.0", split=1).picked) != found[1]


def test_a_ratio_that_asks_for_more_than_there_is_takes_all() -> None:
    bench = laid(Arm("all", add="null"), Arm("many", add="null", ratio=50.0))
    assert trained_on(bench, "many").picked == trained_on(bench, "all").picked


def test_alone_means_no_real_row_and_still_only_children_of_training_items() -> None:
    bench = laid(Arm("alone", add="helpful", alone=True))
    found, known = trained_on(bench, "alone"), {bench.data.real.ids[i] for i in drawn(bench).rows}
    assert found.real == 0
    assert found.rows.made.all()
    assert found.roots
    assert found.roots <= known


def elsewhere(labels: bool, seed: int = 3) -> Items:
    """Real items of another source: near the real ones of their class, and as many far from all."""
    rng = np.random.default_rng(seed)
    label = np.repeat(np.arange(3), 20)
    near = np.eye(3, 8)[label] * 2.5 + rng.normal(0, 0.3, (60, 8))
    x = np.concatenate([near, -3.0 + rng.normal(0, 0.3, (60, 8))])
    names = tuple(f"other{i:03d}" for i in range(120))
    told = tuple(f"class{c}" for c in (*label, *label)) if labels else ("",) * 120
    return Items(names, told, names, x.astype(np.float32))


def test_retrieval_takes_the_nearest_rows_of_another_source_once_each() -> None:
    data = planted()
    bench = laid(
        Arm("nearest", rows="other", nearest=2),
        data=replace(data, streams={**data.streams, "other": elsewhere(labels=True)}),
    )
    found = trained_on(bench, "nearest")
    assert 2 <= len(found.picked) <= 2 * found.real
    assert len(set(found.picked)) == len(found.picked)
    assert all(int(name.removeprefix("other")) < 60 for name in found.picked)


def test_a_retrieved_row_without_a_label_bears_that_of_the_item_it_is_near_to() -> None:
    data = planted()
    other = elsewhere(labels=False)
    bench = laid(Arm("nearest", rows="other", nearest=3), data=replace(data, streams={**data.streams, "other": other}))
    found = trained_on(bench, "nearest")
    truth = {name: i // 20 for i, name in enumerate(other.ids[:60])}
    told = dict(zip(found.picked, found.rows.y[found.rows.made], strict=True))
    assert np.mean([truth[name] == code for name, code in told.items()]) > 0.8


def test_the_same_money_buys_labels_repairs_or_made_items() -> None:
    arms = (Arm("labels", buy="labels"), Arm("repairs", buy="repairs"), Arm("made", add="helpful", buy="made"))
    prices = {"label": 2.0, "repair": 1.0, "made": 0.5}
    bench = laid(*arms, budget=8.0, prices=prices, label_noise=0.3)
    plain, labels, repairs, made = (trained_on(bench, name) for name in ("real", "labels", "repairs", "made"))
    assert labels.real - plain.real == 4
    assert set(plain.rows.ids) < set(labels.rows.ids)
    assert repairs.rows.ids == plain.rows.ids
    truth = np.array([bench.y[bench.place[item]] for item in plain.rows.ids])
    assert (repairs.rows.y == truth).sum() > (plain.rows.y == truth).sum()
    assert 0 < (repairs.rows.y != plain.rows.y).sum() <= 8
    assert len(made.picked) == 16
    assert (made.rows.y[: made.real] == plain.rows.y).all()


def test_a_purchase_without_a_price_is_refused() -> None:
    bench = laid(Arm("labels", buy="labels"), budget=8.0, prices={"repair": 1.0})
    with pytest.raises(RecipeError, match="no price"):
        trained_on(bench, "labels")


def test_planted_label_noise_has_its_rate_and_stays_with_the_item() -> None:
    bench = laid(Arm("more", more_real=2), label_noise=0.2, split_seed=1)
    rows = np.arange(len(bench.y))
    told = noisy(bench.spec, bench.data.real, rows, bench.y, 3)
    assert 0.1 < (told != bench.y).mean() < 0.32
    few = rows[::3]
    assert (noisy(bench.spec, bench.data.real, few, bench.y[few], 3) == told[few]).all()


def test_tests_keep_their_true_labels_under_planted_noise() -> None:
    clean, noised = (run_trial(laid(Arm("more", more_real=2), label_noise=p), 0, 6) for p in (0.0, 0.4))
    assert clean.tests == noised.tests
    assert noised.arm("real").values["clean"] < clean.arm("real").values["clean"]


def test_every_arm_has_the_same_number_of_trials_and_draws_where_it_has_more() -> None:
    tuned = Arm("tuned", add="helpful", weights=(0.1, 0.3, 1.0))
    spec = study(arms=(REAL, tuned), contrasts=("tuned",), tune={"C": (0.1, 1.0, 10.0, 100.0, 1000.0)})
    found = {arm.name: choices(spec, arm) for arm in spec.arms}
    assert {name: len(there) for name, there in found.items()} == {"real": 5, "tuned": 5}
    assert len({(one.weight, one.settings["C"]) for one in found["tuned"]}) == 5
    assert choices(spec, tuned) == found["tuned"]
    assert len(choices(replace(spec, trials=9), tuned)) == 9
    assert len(choices(replace(spec, tune={}), tuned)) == 3


def test_a_setting_is_chosen_on_validation_and_kept_in_the_trial() -> None:
    bench = laid(Arm("copies", oversample=2), tune={"C": (1e-6, 1.0)}, learner=LEARNER)
    trial = run_trial(bench, 0, 0)
    assert all(arm.settings == {"C": 1.0} and arm.trials == 2 for arm in trial.arms)


def test_the_grid_of_a_setting_the_learner_does_not_have_is_refused() -> None:
    with pytest.raises(RecipeError, match="no parameter D"):
        laid(Arm("copies", oversample=2), tune={"D": (1, 2)})
    with pytest.raises(RecipeError, match="transform is done"):
        laid(Arm("copies", oversample=2), tune={"transform": ("none", "l2")})


def test_several_models_per_split_are_averaged_and_all_kept() -> None:
    bench = laid(Arm("copies", oversample=2), inits=3)
    trial = run_trial(bench, 0, 0)
    arm = trial.arm("real")
    assert len(arm.every("clean")) == 3
    assert arm.inits["clean"] == (arm.values["clean"],) * 3  # a learner that converges has nothing random in it
    assert Trial.from_json(trial.to_json()) == trial


def test_rows_to_choose_by_are_whole_groups_and_no_child_of_them_is_trained_on() -> None:
    bench = laid(Arm("helpful", add="helpful"))
    rows = trained_on(bench, "helpful", shots=8).rows
    inside, val = set_apart(rows, 0.3, 0, "0/8")
    assert val is not None
    assert not val.made.any()
    assert not set(val.groups) & set(inside.groups)
    assert set(np.unique(inside.y)) == set(np.unique(rows.y))
    whole, nothing = set_apart(rows, 0.0, 0, "0/8")
    assert whole is rows
    assert nothing is None


def test_further_items_come_class_by_class_and_never_from_the_test() -> None:
    bench = laid(Arm("more", more_real=2))
    split = bench.split(0)
    seven = split.further(3, 7)
    assert len(seven) == len(split.train(3)) + 7
    assert not set(seven) & set(split.test)
    counts = np.bincount(bench.y[seven])
    assert counts.max() - counts.min() <= 1
