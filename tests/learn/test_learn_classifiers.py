"""Every learner of classes on frozen features: weights, soft labels, one class, bad rows, equal input."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from shisaku.errors import DataError, RecipeError
from shisaku.learn.boosting import Boosting
from shisaku.learn.examples import Examples
from shisaku.learn.knn import Knn
from shisaku.learn.logistic import Logistic
from shisaku.learn.prototype import Prototype
from shisaku.learn.ridge_classifier import RidgeClassifier
from shisaku.learn.steps import Steps
from shisaku.learn.svm import Svm
from shisaku.registry.doors import LEARNERS, load

ALL: dict[str, Any] = {
    "boosting": Boosting(rounds=10, columns=1.0),
    "knn": Knn(),
    "logistic": Logistic(C=1.0),
    "prototype": Prototype(),
    "ridge_classifier": RidgeClassifier(),
    "steps": Steps(steps=200),
    "svm": Svm(),
    "svm rbf": Svm(kernel="rbf"),
}
every = pytest.mark.parametrize("learner", ALL.values(), ids=ALL)


def blobs(n: int = 120, classes: int = 3, dims: int = 6, seed: int = 0, apart: float = 3.0) -> Examples:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % classes
    means = np.random.default_rng(99).normal(size=(classes, dims)) * apart
    return Examples((means[y] + rng.normal(size=(n, dims))).astype(np.float32), y)


def scores(learner: Any, train: Examples, test: Examples, seed: int = 0) -> np.ndarray:
    return np.asarray(learner.fit(train, None, np.random.default_rng(seed)).scores(test))


def right(learner: Any, train: Examples, test: Examples) -> float:
    fitted = learner.fit(train, None, np.random.default_rng(0))
    return float((fitted.classes[fitted.scores(test).argmax(axis=1)] == test.y).mean())


@every
def test_it_learns_what_is_there_and_nothing_from_chance(learner: Any) -> None:
    train, test = blobs(), blobs(seed=1)
    assert right(learner, train, test) > 0.9
    rng = np.random.default_rng(5)
    assert np.mean([right(learner, replace(train, y=rng.permutation(train.y)), test) for _ in range(8)]) < 0.5
    found = scores(learner, train, test)
    assert found.shape == (len(test), 3)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found.min() >= 0


@every
def test_two_classes_keep_their_order(learner: Any) -> None:
    train, test = blobs(classes=2), blobs(classes=2, seed=1)
    names = np.array(["b", "a"])
    fitted = learner.fit(replace(train, y=names[train.y]), None, np.random.default_rng(0))
    assert list(fitted.classes) == ["a", "b"]
    assert (fitted.classes[fitted.scores(test).argmax(axis=1)] == names[test.y]).mean() > 0.9


@every
def test_equal_input_gives_equal_scores_and_prepared_rows_the_same(learner: Any) -> None:
    train, test = blobs(), blobs(seed=1)
    one = scores(learner, train, test)
    assert (one == scores(learner, train, test)).all()
    ready, rows = learner.prepared(train.x)
    np.testing.assert_array_equal(one, scores(ready, train.seen(rows), test.seen(learner.prepared(test.x)[1])))


@every
def test_rows_without_weight_do_not_exist(learner: Any) -> None:
    train, test = blobs(), blobs(seed=1)
    groups = tuple(str(i) for i in range(len(train)))
    weight = np.ones(len(train))
    weight[7] = 0.0
    spoilt = train.x.copy()
    spoilt[7] = 1e3
    with_row = scores(learner, replace(train, x=spoilt, weight=weight, groups=groups), test)
    without = scores(learner, replace(train, groups=groups).take(np.arange(len(train)) != 7), test)
    np.testing.assert_array_equal(with_row, without)


@every
def test_weights_are_heeded(learner: Any) -> None:
    """Planted fault: half of the rows bear wrong labels; at weight 0.001 they do next to no harm."""
    train, test = blobs(n=240, apart=2.0), blobs(n=300, seed=1, apart=2.0)
    wrong = np.arange(len(train)) >= 120
    y = np.where(wrong, (train.y + 1) % 3, train.y)
    light = replace(train, y=y, weight=np.where(wrong, 1e-3, 1.0))
    heavy = replace(train, y=y, weight=np.where(wrong, 1.0, 1e-3))
    assert right(learner, light, test) > 0.75
    assert right(learner, heavy, test) < 0.25


@every
def test_soft_labels_of_certainty_are_labels_and_half_is_between(learner: Any) -> None:
    train, test = blobs(), blobs(seed=1)
    hard = replace(train, soft=np.eye(3)[train.y])
    np.testing.assert_allclose(scores(learner, hard, test), scores(learner, train, test), atol=1e-9)
    halved = replace(train, soft=np.full((len(train), 3), 1 / 3))
    if not isinstance(learner, Knn):  # of rows that stand three times the nearest five are not whole
        assert np.abs(scores(learner, halved, test) - 1 / 3).max() < (0.15 if isinstance(learner, Steps) else 0.05)


@every
def test_one_class_is_always_said(learner: Any) -> None:
    fitted = learner.fit(Examples(np.ones((1, 4)), np.array(["only"])), None, np.random.default_rng(0))
    assert fitted.classes.tolist() == ["only"]
    assert fitted.scores(Examples(np.zeros((3, 4)))).tolist() == [[1.0]] * 3
    assert fitted.scores(Examples(np.zeros((0, 4)))).shape == (0, 1)


@every
def test_what_cannot_be_trained_on_is_said(learner: Any) -> None:
    for bad in (
        Examples(np.zeros((0, 3)), np.zeros(0, int)),
        Examples(np.ones((2, 3)), np.array([0, 1]), np.zeros(2)),
        Examples(np.array([[np.nan, 1.0], [1.0, 1.0]]), np.array([0, 1])),
        Examples(np.ones((2, 3)), np.array([0, 1]), np.array([1.0, -1.0])),
    ):
        with pytest.raises(DataError):
            learner.fit(bad, None, np.random.default_rng(0))


@every
def test_very_few_and_equal_rows_are_no_error(learner: Any) -> None:
    few = Examples(np.zeros((2, 3)), np.array([0, 1]))
    assert np.isfinite(scores(learner, few, Examples(np.eye(3)))).all()


@every
def test_unknown_names_are_refused_and_the_door_knows_it(learner: Any) -> None:
    name = next(key for key, value in ALL.items() if value is learner).split()[0]
    assert load(LEARNERS, name) is type(learner)
    for wrong in ({"transform": "cube"}, {"calibrate": "hope"}):
        with pytest.raises(RecipeError, match=name):
            replace(learner, **wrong)
    assert {"transform", "calibrate"} <= {field.name for field in fields(learner)}


@pytest.mark.parametrize(
    ("learner", "wrong"),
    [
        (Svm(), {"C": 0.0}), (Svm(), {"kernel": "cubic"}), (Svm(), {"gamma": -1.0}), (Knn(), {"k": 0}),
        (Prototype(), {"temperature": 0.0}), (RidgeClassifier(), {"strength": 0.0}), (Boosting(), {"rounds": 0}),
        (Boosting(), {"columns": 1.5}), (Steps(), {"batch": 0}), (Steps(), {"curriculum": 1.0}),
    ],
)  # fmt: skip
def test_wrong_numbers_are_refused(learner: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(RecipeError):
        replace(learner, **wrong)


def test_decisions_are_those_of_scikit_learn() -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import RidgeClassifier as Ridges
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC, LinearSVC

    train, test = blobs(apart=1.0), blobs(seed=1, apart=1.0)
    theirs: list[tuple[Any, Any]] = [
        (RidgeClassifier(transform="none"), Ridges(alpha=1e-3 * len(train))),
        (Svm(transform="none", calibrate="none"), LinearSVC(max_iter=10_000, random_state=0)),
        (Svm(kernel="rbf", transform="none", calibrate="none"), SVC()),
        (Knn(transform="none", k=7), KNeighborsClassifier(7, metric="cosine")),
        (Boosting(rounds=10, columns=1.0), HistGradientBoostingClassifier(
            max_iter=10, max_leaf_nodes=7, min_samples_leaf=5, max_bins=31, early_stopping=False)),
    ]  # fmt: skip
    for ours, model in theirs:
        fitted = ours.fit(train, None, np.random.default_rng(0))
        told = model.fit(train.x, train.y).predict(test.x)
        least = 0.95 if isinstance(ours, Knn) else 1.0  # ties
        assert (fitted.scores(test).argmax(axis=1) == told).mean() >= least, ours


def test_a_prototype_is_the_weighted_mean_of_its_class() -> None:
    train = Examples(np.array([[3.0, 0.0], [0.0, 1.0], [1.0, -1.0]]), np.array([0, 0, 1]), np.array([1.0, 3.0, 1.0]))
    found = scores(Prototype(temperature=1.0, transform="none"), train, Examples(np.array([[5.0, 0.0]])))
    cosines = np.array([[1, 1] / np.sqrt(2), [1, -1] / np.sqrt(2)]) @ [1, 0]
    np.testing.assert_allclose(found, [np.exp(cosines) / np.exp(cosines).sum()])


def test_knn_votes_are_weights() -> None:
    train = Examples(np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]]), np.array([0, 1, 1]), np.array([3.0, 1.0, 2.0]))
    found = scores(Knn(k=2, transform="none"), train, Examples(np.array([[1.0, 0.02]])))
    # 3 votes against 1, and one vote of weight 2 that is divided 3 to 3.
    np.testing.assert_allclose(found, [[4 / 6, 2 / 6]])


@pytest.mark.parametrize("learner", [RidgeClassifier(), Prototype(), Knn(k=1000)], ids=["ridge", "prototype", "knn"])
def test_a_weight_on_every_row_changes_nothing(learner: Any) -> None:
    train, test = blobs(n=60), blobs(seed=1)
    np.testing.assert_allclose(
        scores(learner, train, test), scores(learner, replace(train, weight=np.full(60, 5.0)), test), atol=1e-8
    )


@pytest.mark.parametrize("learner", [Svm(calibrate="none"), Svm(kernel="rbf", gamma=0.5, calibrate="none")])
def test_weight_k_is_k_copies_for_a_support_vector_machine(learner: Svm) -> None:
    train, test = blobs(n=60, apart=1.0), blobs(seed=1)
    times = np.random.default_rng(1).integers(1, 4, 60)
    copied = train.take(np.repeat(np.arange(60), times))
    weighted = scores(learner, replace(train, weight=times.astype(float)), test)
    np.testing.assert_allclose(weighted, scores(learner, copied, test), atol=5e-3)
