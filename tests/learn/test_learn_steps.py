"""Steps: a fixed number of them, towards the model of `logistic`, and an order in which rows are seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shisaku.learn.classifier import FittedClassifier
from shisaku.learn.examples import Examples
from shisaku.learn.logistic import Logistic
from shisaku.learn.steps import Steps


def rows(n: int = 150, seed: int = 0) -> Examples:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    return Examples(np.eye(3, 10)[y] * 2 + rng.normal(size=(n, 10)), y)


def trained(learner: Steps, train: Examples, seed: int = 0) -> FittedClassifier:
    return learner.fit(train, None, np.random.default_rng(seed))


def test_with_many_steps_it_is_logistic_regression() -> None:
    train, test = rows(), rows(seed=1)
    near = trained(Steps(steps=2000, batch=150, C=1.0, transform="none"), train).scores(test)
    exact = Logistic(C=1.0, transform="none", tol=1e-6, max_iter=2000).fit(train).scores(test)
    np.testing.assert_allclose(near, exact, atol=0.04)


def test_the_unit_of_the_features_does_not_matter() -> None:
    train, test = rows(), rows(seed=1)
    one = Steps(C=1.0, transform="none")
    small = trained(replace(one, C=1e4), train.seen(train.x / 100)).scores(test.seen(test.x / 100))
    np.testing.assert_allclose(trained(one, train).scores(test), small, atol=1e-6)


def test_seeds_differ_and_one_seed_does_not() -> None:
    train, test = rows(), rows(seed=1)
    one, again, other = (trained(Steps(), train, seed).scores(test) for seed in (0, 0, 1))
    assert (one == again).all()
    assert (one != other).any()


def test_a_curriculum_without_made_rows_or_without_real_ones_changes_nothing() -> None:
    train, test = rows(), rows(seed=1)
    plain = trained(Steps(), train).scores(test)
    for made in (np.zeros(0, bool), np.zeros(150, bool), np.ones(150, bool)):
        assert (trained(Steps(curriculum=0.5), replace(train, made=made)).scores(test) == plain).all()


def test_a_curriculum_sees_made_rows_first_and_real_rows_last() -> None:
    train = replace(rows(), made=np.arange(150) < 60)
    seen = Steps(steps=100, batch=8, curriculum=0.3)._batches(train, np.random.default_rng(0))
    assert seen.shape == (100, 8)
    assert (seen[:30] < 60).all()
    assert (seen[30:] >= 60).all()


def test_wrong_made_rows_are_forgotten_by_a_curriculum() -> None:
    """Planted fault: all made rows bear a wrong label, and there are twice as many of them."""
    real, made, test = rows(), rows(300, seed=2), rows(600, seed=1)
    both = Examples(
        np.concatenate([real.x, made.x]), np.concatenate([real.y, (made.y + 1) % 3]), made=np.arange(450) >= 150
    )
    share = {c: trained(Steps(curriculum=c), both).scores(test).argmax(axis=1) == test.y for c in (0.0, 0.5)}
    assert share[0.0].mean() < 0.35
    assert share[0.5].mean() > 0.7


def test_rows_are_drawn_by_weight() -> None:
    train = replace(rows(4), weight=np.array([1.0, 0.0, 2.0, 5.0]))
    drawn = Steps(steps=500, batch=16)._batches(train, np.random.default_rng(0))
    share = np.bincount(drawn.ravel(), minlength=4) / drawn.size
    np.testing.assert_allclose(share, [1 / 8, 0, 2 / 8, 5 / 8], atol=0.03)
