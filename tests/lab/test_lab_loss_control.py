"""Loss control: what made items count for rises where they are right and falls where wrong labels were planted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from lab_material import LEARNER, REAL, planted, study

from shisaku.core.arm import Arm, ArmKeep, Loss
from shisaku.core.feature import Feature
from shisaku.errors import RecipeError
from shisaku.lab.arms import train_set
from shisaku.lab.bench import Bench
from shisaku.lab.heed import robust_fit, softened
from shisaku.lab.items import StudyData
from shisaku.lab.made import Drawn
from shisaku.lab.trial import run_trial
from shisaku.learn.examples import Examples
from shisaku.learn.logistic import Logistic
from shisaku.learn.steps import Steps

CONFIDENCE = Loss(confidence=ArmKeep("dataset.label_agreement"))
STEPS = {"name": "steps", "steps": 300, "C": 1.0, "transform": "none"}
SEEDS = range(4)
data_of = cache(planted)


@dataclass
class Spy:
    """A learner that keeps what it was trained on."""

    learner: Any
    seen: list[Examples] = field(default_factory=list)

    def fit(self, train: Examples, val: Examples | None, rng: np.random.Generator) -> Any:
        self.seen.append(train)
        return self.learner.fit(train, val, rng)


def rows_of(arm: Arm, seed: int, dims: int = 8) -> tuple[Examples, np.ndarray]:
    """Return what the arm trains on, and which of its rows bear a label that is not their parent's."""
    data = data_of(seed, dims=dims)
    bench = Bench.lay(study(arms=(REAL, arm), contrasts=(arm.name,)), data)
    train = bench.split(0).train(0)
    rows = train_set(bench, arm, Drawn(train, lambda _: train, "0/0", lambda _: train)).rows
    true = np.array([bench.y[bench.place[item.split("/")[0]]] for item in rows.ids])
    return rows, (rows.y != true) & rows.made


def score(arms: list[Arm], domain: str, learner: Any = LEARNER, seeds: range = SEEDS) -> list[float]:
    """Return what each arm scores in a domain, averaged over data sets."""
    spec = study(arms=(REAL, *arms), contrasts=(arms[0].name,), learner=learner)
    found = [run_trial(Bench.lay(spec, data_of(seed)), 0, 0) for seed in seeds]
    return [float(np.mean([trial.arm(arm.name).values[domain] for trial in found])) for arm in arms]


def test_the_tuned_weight_rises_on_right_labels_and_falls_on_wrong_ones() -> None:
    """A third of the real labels is wrong, those of helpful are right: more of it is better; of the others, less."""
    arms = tuple(Arm(name, add=name, weights=(0.01, 0.1, 1.0, 10.0)) for name in ("helpful", "mixed", "harmful"))
    spec = study(arms=(REAL, *arms), contrasts=("helpful",), label_noise=0.3)
    found = [run_trial(Bench.lay(spec, data_of(seed)), 0, 0) for seed in range(2)]
    weight = {arm.name: np.exp(np.mean([np.log(t.arm(arm.name).weight) for t in found])) for arm in arms}
    assert weight["helpful"] > 3
    assert weight["mixed"] < 0.1
    assert weight["harmful"] < 0.1


@pytest.mark.parametrize("arm", [Arm("x", add="mixed"), Arm("x", add="helpful", plant=0.4)], ids=["mixed", "planted"])
def test_confidence_falls_for_wrong_labels(arm: Arm) -> None:
    rows, wrong = rows_of(replace(arm, loss=CONFIDENCE), 0)
    right = rows.made & ~wrong
    assert rows.weight[wrong].mean() < 0.4 * rows.weight[right].mean()
    assert (rows.weight[~rows.made] == 1).all()


@pytest.mark.parametrize("arm", [Arm("x", add="mixed"), Arm("x", add="helpful", plant=0.4)], ids=["mixed", "planted"])
def test_soft_labels_take_from_wrong_ones_and_leave_right_ones(arm: Arm) -> None:
    rows, wrong = rows_of(arm, 0)
    soft = softened(Logistic(C=1.0, transform="none"), 0.5, rows, 3, np.random.default_rng(0)).soft
    np.testing.assert_allclose(soft.sum(axis=1), 1)
    own = soft[np.arange(len(rows)), rows.y]
    assert (own[~rows.made] == 1).all()
    assert own[wrong].mean() < 0.62
    assert own[rows.made & ~wrong].mean() > own[wrong].mean() + 0.2


@pytest.mark.parametrize(("dims", "strength"), [(8, 1.0), (200, 30.0)])
def test_a_robust_loss_fades_wrong_labels_also_of_a_model_that_could_learn_them(dims: int, strength: float) -> None:
    """Planted fault: of 200 features a model is sure of every wrong label that it was trained on (p = 0.98)."""
    rows, wrong = rows_of(Arm("x", add="mixed"), 0, dims)
    spy = Spy(Logistic(C=strength, transform="none"))
    robust_fit(spy, 0.7, rows, None, np.random.default_rng(0))
    last = spy.seen[-1].weight
    assert last[wrong].mean() < 0.6 * last[rows.made & ~wrong].mean()
    assert (last[~rows.made] == 1).all()


def test_a_robust_loss_lets_a_whole_stream_fade() -> None:
    rows, _ = rows_of(Arm("x", add="harmful"), 0)
    good, _ = rows_of(Arm("x", add="null"), 0)
    bad, well = (Spy(Logistic(C=1.0, transform="none")) for _ in range(2))
    robust_fit(bad, 1.0, rows, None, np.random.default_rng(0))
    robust_fit(well, 1.0, good, None, np.random.default_rng(0))
    assert bad.seen[-1].weight[rows.made].mean() < 0.85
    assert well.seen[-1].weight[good.made].mean() > 0.9


@pytest.mark.parametrize(
    ("loss", "gain"),
    [(CONFIDENCE, 0.08), (Loss(soften=0.5), 0.05), (Loss(robust=1.0), 0.03)],
    ids=["confidence", "soften", "robust"],
)
def test_each_control_wins_on_wrong_labels_and_loses_nothing_on_right_ones(loss: Loss, gain: float) -> None:
    arms = [Arm(f"{name} {kind}", add=name, loss=one)
            for name in ("mixed", "null") for kind, one in (("plain", Loss()), ("heeded", loss))]  # fmt: skip
    plain, heeded, plain_right, heeded_right = score(arms, "clean")
    assert heeded > plain + gain
    assert heeded_right > plain_right - 0.015


def test_a_curriculum_wins_on_wrong_labels_and_loses_nothing_on_right_ones() -> None:
    arms = [Arm(f"{name} {share}", add=name, loss=Loss(curriculum=share))
            for name in ("mixed", "null") for share in (0.0, 0.5)]  # fmt: skip
    plain, staged, plain_right, staged_right = score(arms, "clean", STEPS)
    assert staged > plain + 0.08
    assert staged_right > plain_right - 0.015


@pytest.mark.parametrize("learner", [Steps(steps=50, transform="none"), Logistic(transform="none")])
def test_a_robust_loss_of_next_to_nothing_is_the_plain_model(learner: Any) -> None:
    """The random numbers of the last model are those of an arm without the loss."""
    rows, _ = rows_of(Arm("x", add="mixed"), 0)
    plain = learner.fit(rows, None, np.random.default_rng(3)).scores(rows)
    for q in (0.0, 1e-15):
        found = robust_fit(learner, q, rows, None, np.random.default_rng(3)).scores(rows)
        np.testing.assert_allclose(found, plain, atol=1e-6)
    real = rows.take(~rows.made)
    alone = robust_fit(learner, 0.7, real, None, np.random.default_rng(3)).scores(rows)
    assert (alone == learner.fit(real, None, np.random.default_rng(3)).scores(rows)).all()


def test_a_class_of_one_group_is_doubted_as_much_as_the_others() -> None:
    rows, _ = rows_of(Arm("x", add="null"), 0)
    one = next(group for group, code in zip(rows.groups, rows.y, strict=True) if code == 0)
    few = rows.take([code != 0 or group == one for group, code in zip(rows.groups, rows.y, strict=True)])
    spy = Spy(Logistic(C=1.0, transform="none"))
    robust_fit(spy, 1.0, few, None, np.random.default_rng(0))
    last = spy.seen[-1].weight[few.made]
    lonely = few.y[few.made] == 0
    assert last[lonely].mean() == pytest.approx(last[~lonely].mean(), rel=0.1)


def refused(arm: Arm, data: StudyData | None = None, **changes: Any) -> str:
    with pytest.raises(RecipeError) as told:
        Bench.lay(study(arms=(REAL, arm), contrasts=(arm.name,), **changes), data or data_of(0))
    return str(told.value)


def test_a_loss_that_would_change_nothing_is_refused() -> None:
    assert "curriculum" in refused(Arm("x", add="null", loss=Loss(curriculum=0.5)))
    assert "trains on none" in refused(Arm("x", add="null", alone=True, loss=Loss(soften=0.5)))
    for loss in (Loss(soften=0.5), Loss(robust=0.7)):
        assert "retrieval" in refused(
            Arm("x", add="null", loss=loss), target=Feature("text.embed"), learner={"name": "cca"}
        )
