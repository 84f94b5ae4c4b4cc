"""The default student is scikit-learn's, deterministic, and clear about what it cannot train on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shisaku.errors import DataError, RecipeError
from shisaku.learn.examples import Examples
from shisaku.learn.logistic import FittedLogistic, Logistic
from shisaku.learn.rows import transform_rows


def trained(learner: Logistic, x: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> FittedLogistic:
    return learner.fit(Examples(x, y, np.ones(len(x)) if weight is None else weight))


def said(model: FittedLogistic, x: np.ndarray) -> np.ndarray:
    return np.asarray(model.classes[model.scores(Examples(x)).argmax(axis=1)])


def blobs(n: int = 90, classes: int = 3, dims: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % classes
    return (rng.normal(size=(classes, dims)) * 2)[y] + rng.normal(size=(n, dims)), y


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_probabilities_are_those_of_scikit_learn(classes: int) -> None:
    from sklearn.linear_model import LogisticRegression

    x, y = blobs(classes=classes)
    names = np.array([f"class {code}" for code in y])
    ours = trained(Logistic(C=2.0, transform="l2", tol=1e-6), x, names)
    rows = x / np.linalg.norm(x, axis=1, keepdims=True)
    theirs = LogisticRegression(C=2.0, max_iter=300, tol=1e-8).fit(rows, names)
    assert list(ours.classes) == list(theirs.classes_)
    np.testing.assert_allclose(ours.chances(x), theirs.predict_proba(rows), atol=1e-4)
    assert (said(ours, x) == theirs.predict(rows)).all()
    assert ours.converged


def test_weight_k_is_k_copies() -> None:
    x, y = blobs()
    rng = np.random.default_rng(1)
    times = rng.integers(0, 4, len(y))
    times[:6] = 1
    weighted = trained(Logistic(tol=1e-8, C=1.0), x, y, times.astype(float))
    copied = trained(Logistic(tol=1e-8, C=1.0), np.repeat(x, times, axis=0), np.repeat(y, times))
    np.testing.assert_allclose(weighted.chances(x), copied.chances(x), atol=1e-4)


def test_rows_without_weight_do_not_exist() -> None:
    x, y = blobs()
    x[3] = 1e6
    weights = np.ones(len(y))
    weights[3] = 0.0
    keep = np.arange(len(y)) != 3
    with_row, without = trained(Logistic(), x, y, weights), trained(Logistic(), x[keep], y[keep])
    assert (with_row.coefficients == without.coefficients).all()


def test_prepared_rows_give_the_same_model() -> None:
    x, y = blobs()
    learner, rows = Logistic().prepared(x)
    assert (trained(learner, rows, y).coefficients == trained(Logistic(), x, y).coefficients).all()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_equal_input_gives_an_equal_model(seed: int) -> None:
    x, y = blobs(n=30, seed=seed)
    one, two = trained(Logistic(), x, y), trained(Logistic(), x.copy(), y.copy())
    assert (one.coefficients == two.coefficients).all()
    chances = one.chances(x)
    assert np.allclose(chances.sum(axis=1), 1)


def test_features_that_share_most_of_their_length_are_learnt_too() -> None:
    """Planted fault: with a fixed bound on the slope training ended at once and said one class for all."""
    rng = np.random.default_rng(0)
    y = np.arange(400) % 10
    common = 6 * rng.gamma(0.3, 1.0, 1280)
    x = common + 0.06 * rng.gamma(0.3, 1.0, (10, 1280))[y] + rng.gamma(0.3, 1.0, (400, 1280))
    fitted = trained(Logistic(), x[:250], y[:250])
    assert (said(fitted, x[250:]) == y[250:]).mean() > 0.3


def test_one_class_is_always_said() -> None:
    fitted = trained(Logistic(), np.ones((1, 4)), np.array(["only"]))
    assert said(fitted, np.zeros((3, 4))).tolist() == ["only"] * 3
    assert fitted.chances(np.zeros((3, 4))).shape == (3, 1)


@pytest.mark.parametrize(
    ("x", "y", "weights"),
    [
        (np.zeros((0, 3)), np.array([]), None),
        (np.ones((2, 3)), np.array([0, 1]), np.zeros(2)),
        (np.ones((2, 3)), np.array([0, 1, 1]), None),
        (np.array([[np.nan, 1.0], [1.0, 1.0]]), np.array([0, 1]), None),
        (np.ones((2, 3)), np.array([0, 1]), np.array([1.0, -1.0])),
        (np.ones(3), np.array([0, 1, 1]), None),
    ],
)
def test_what_cannot_be_trained_on_is_said(x: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> None:
    with pytest.raises(DataError):
        trained(Logistic(), x, y, weights)


@pytest.mark.parametrize("wrong", [{"C": 0.0}, {"max_iter": 0}, {"transform": "cube"}, {"tol": -1.0}])
def test_wrong_parameters_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RecipeError, match="logistic"):
        Logistic(**wrong)


def test_too_few_iterations_are_said_not_warned() -> None:
    x, y = blobs()
    assert not trained(Logistic(C=1e6, max_iter=1, tol=1e-12), x, y).converged


def test_row_transforms_are_row_wise() -> None:
    x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    x[2] = 0
    for kind in ("sqrt_l2", "l2"):
        rows = transform_rows(x, kind)
        lengths = np.linalg.norm(rows, axis=1)
        assert np.allclose(lengths, [1, 1, 0, 1, 1])
        assert rows.dtype == np.float32
        np.testing.assert_array_equal(transform_rows(x[1:2], kind)[0], rows[1])
    assert transform_rows(x, "none") is x
    np.testing.assert_allclose(transform_rows(np.array([[4.0, -9.0]]), "sqrt_l2") * np.sqrt(13), [[2.0, -3.0]])


def test_centring_takes_the_training_mean_from_every_row() -> None:
    x, y = blobs()
    moved = Logistic(C=1.0, transform="none", centre=True, tol=1e-8, max_iter=2000)
    one, other = trained(moved, x, y), trained(moved, x + 50.0, y)
    np.testing.assert_allclose(one.chances(x), other.chances(x + 50.0), atol=1e-5)
    assert one.centre is not None
    np.testing.assert_allclose(one.centre, x.mean(axis=0))
