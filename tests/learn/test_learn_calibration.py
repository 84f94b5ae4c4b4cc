"""Calibration makes chances hold on rows not seen, agrees with scikit-learn, and never looks into a group twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from shisaku.learn.calibration import Calibrate, calibration, softmax
from shisaku.learn.examples import Examples
from shisaku.learn.logistic import Logistic
from shisaku.learn.prototype import Prototype
from shisaku.learn.svm import Svm


def noisy(n: int, seed: int, dims: int = 20) -> Examples:
    """Overlapping classes, so that honest chances are far from 0 and 1."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    means = np.eye(3, dims) * 1.5
    return Examples(means[y] + rng.normal(size=(n, dims)), y)


def log_loss(learner: Any, train: Examples, test: Examples) -> float:
    found = learner.fit(train, None, np.random.default_rng(0)).scores(test)
    return -float(np.log(np.maximum(found[np.arange(len(test)), test.y], 1e-12)).mean())


@pytest.mark.parametrize("kind", ["sigmoid", "isotonic"])
@pytest.mark.parametrize(
    "learner",
    [
        Logistic(C=1e4, tol=1e-4, transform="none"),
        Prototype(temperature=0.02),
        Svm(transform="none", calibrate="none", C=9),
    ],
    ids=["logistic", "prototype", "svm"],
)
def test_the_log_loss_of_an_over_confident_learner_falls_on_rows_not_seen(learner: Any, kind: str) -> None:
    """Planted fault: next to no regularisation, or a temperature near 0, on classes that overlap."""
    train, test = noisy(150, 0, dims=40), noisy(2000, 1, dims=40)
    plain, mended = log_loss(learner, train, test), log_loss(replace(learner, calibrate=kind), train, test)
    assert mended < plain - 0.1
    assert mended < np.log(3)


def test_chances_are_those_of_scikit_learns_calibration() -> None:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression

    from shisaku.stats.dealt import dealt

    rows, test = noisy(200, 0), noisy(100, 1)
    names = [str(i) for i in range(len(rows))]
    fold = dealt([str(y) for y in rows.y], names, 5)
    cuts = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(5)]

    def build(inside: Examples) -> Any:
        return LogisticRegression(C=100.0, max_iter=1000, tol=1e-8).fit(inside.x, inside.y).decision_function

    for kind in ("sigmoid", "isotonic"):
        base = LogisticRegression(C=100.0, max_iter=1000, tol=1e-8)
        theirs = CalibratedClassifierCV(base, method=kind, cv=cuts, ensemble=False).fit(rows.x, rows.y)
        ours = calibration(rows, kind, build)
        assert ours is not None
        found = ours.chances(build(rows)(test.x))
        # Isotonic curves of ours never reach 0 or 1: a chance of 1 in 202 is left.
        np.testing.assert_allclose(found, theirs.predict_proba(test.x), atol=2e-3 if kind == "sigmoid" else 0.01)


def test_groups_are_not_divided() -> None:
    """Planted leak: labels by chance, every row six times. A curve that saw the copies would believe the model."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 60)), rng.integers(0, 2, 40)
    many = Examples(np.repeat(x, 6, axis=0), np.repeat(y, 6), groups=tuple(np.repeat([f"g{i}" for i in range(40)], 6)))
    learner = Logistic(C=1e3, transform="none", calibrate="sigmoid")
    test = Examples(rng.normal(size=(500, 60)))
    honest = learner.fit(many).scores(test).max(axis=1).mean()
    leaky = learner.fit(replace(many, groups=())).scores(test).max(axis=1).mean()
    assert honest < 0.7
    assert leaky > honest + 0.1


def test_real_rows_alone_are_believed() -> None:
    """Made rows that are much easier than real ones would make chances too sure."""
    real, easy = noisy(150, 0), noisy(300, 1)
    easy = easy.seen(np.eye(3, 20)[easy.y] * 20)
    both = Examples(
        np.concatenate([real.x, easy.x]), np.concatenate([real.y, easy.y]), made=np.arange(450) >= 150
    )  # fmt: skip
    learner, test = Logistic(C=1.0, transform="none", calibrate="sigmoid"), noisy(2000, 2)
    assert log_loss(learner, both, test) < log_loss(learner, replace(both, made=np.zeros(0, bool)), test)


@pytest.mark.parametrize("kind", ["sigmoid", "isotonic"])
def test_a_class_of_one_group_is_not_calibrated(kind: Calibrate) -> None:
    rows = noisy(30, 0)
    groups = tuple("all of class 0" if y == 0 else f"g{i}" for i, y in enumerate(rows.y))
    learner = Logistic(C=1.0, transform="none")
    plain, mended = learner.fit(rows), replace(learner, calibrate=kind).fit(replace(rows, groups=groups))
    assert mended.calibration is None
    np.testing.assert_array_equal(plain.scores(rows), mended.scores(rows))


@pytest.mark.parametrize("kind", ["sigmoid", "isotonic"])
def test_curves_rise_even_where_the_model_is_worse_than_chance(kind: Calibrate) -> None:
    rows = noisy(60, 0)
    upside_down = np.eye(3)[rows.y] * -3.0
    rows = rows.seen(upside_down)
    curves = calibration(rows, kind, lambda inside: lambda x: np.asarray(x, np.float64))
    assert curves is not None
    at = np.linspace(-5, 5, 50)
    for curve in curves.curves:
        found = curve(at)
        assert (np.diff(found) >= 0).all()
        assert 0 < found.min() <= found.max() < 1


def test_softmax_keeps_logarithms_of_chances() -> None:
    chances = np.array([[0.2, 0.3, 0.5], [1e-9, 0.5, 0.5]])
    np.testing.assert_allclose(softmax(np.log(chances) + 700), chances, rtol=1e-6)
