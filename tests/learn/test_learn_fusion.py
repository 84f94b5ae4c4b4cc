"""Fusion: one view missing, conflicting or empty, and what completes it; agreement with scikit-learn and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shisaku.errors import DataError, RecipeError
from shisaku.learn.examples import Examples
from shisaku.learn.fusion.experts import experts, pool
from shisaku.learn.fusion.gate import Gated, gate
from shisaku.learn.fusion.learner import Fusion
from shisaku.learn.logistic import Logistic
from shisaku.learn.row_space import row_space

VIEWS = {"picture": (0, 10), "caption": (10, 18)}
HOWS = ("early", "late", "gated")
CHANCE = 1 / 3


def world(seed: int, n: int = 90, apart: tuple[float, float] = (2.2, 2.2), shared: float = 0.0) -> Examples:
    """Three classes that both views tell apart; `shared` is how strongly a common hidden cause moves both views."""
    rng = np.random.default_rng(seed)
    fixed = np.random.default_rng(7)
    y = np.arange(n) % 3
    hidden = rng.normal(size=(n, 2)) * shared
    parts = []
    for (start, end), strength in zip(VIEWS.values(), apart, strict=True):
        width = end - start
        means = strength * np.linalg.qr(fixed.normal(size=(width, 3)))[0].T
        parts.append(means[y] + hidden @ fixed.normal(size=(2, width)) + rng.normal(0, 0.8, (n, width)))
    groups = tuple(f"g{i:03d}" for i in range(n))
    return Examples(np.concatenate(parts, axis=1), y, groups=groups, views=VIEWS)


def without(rows: Examples, view: str, which: Any = slice(None)) -> Examples:
    x = rows.x.copy()
    x[which, slice(*rows.views[view])] = np.nan
    return rows.seen(x)


def learner(how: Any, **more: Any) -> Fusion:
    return Fusion(how=how, C=1.0, transform="none", **more)


def right(fusion: Fusion, train: Examples, test: Examples) -> float:
    scores = fusion.fit(train, None, np.random.default_rng(0)).scores(test)
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(scores.sum(axis=1), 1.0, atol=1e-9)
    return float((scores.argmax(axis=1) == test.y).mean())


def one_view(train: Examples, test: Examples, view: str) -> float:
    columns = slice(*VIEWS[view])
    fitted = Logistic(C=1.0, transform="none").fit(train.seen(train.x[:, columns]))
    return float((fitted.chances(test.x[:, columns]).argmax(axis=1) == test.y).mean())


@pytest.mark.parametrize("how", HOWS)
def test_both_views_beat_the_better_one(how: str) -> None:
    pairs = [(world(seed), world(100 + seed, 300)) for seed in range(3)]
    both = np.mean([right(learner(how), *pair) for pair in pairs])
    alone = max(np.mean([one_view(*pair, view) for pair in pairs]) for view in VIEWS)
    assert both > alone + 0.03


@pytest.mark.parametrize("how", ["late", "gated"])
@pytest.mark.parametrize("view", ["picture", "caption"])
def test_a_missing_view_leaves_what_the_other_one_tells(how: str, view: str) -> None:
    train, test = world(1), world(2, 300)
    left = next(name for name in VIEWS if name != view)
    assert right(learner(how), train, without(test, view)) == pytest.approx(one_view(train, test, left), abs=0.01)


@pytest.mark.parametrize("how", HOWS)
def test_views_missing_in_training(how: str) -> None:
    train = without(without(world(3), "picture", slice(0, 90, 3)), "caption", slice(1, 90, 3))
    assert right(learner(how), train, world(4, 300)) > 0.75


@pytest.mark.parametrize("how", HOWS)
def test_a_row_without_any_view_gets_the_class_shares(how: str) -> None:
    train = world(5, 40)
    weight = np.where(train.y == 0, 2.0, 1.0)
    fitted = learner(how).fit(Examples(train.x, train.y, weight, groups=train.groups, views=VIEWS))
    nothing = without(without(world(6, 3), "picture"), "caption")
    shares = np.bincount(train.y, weights=weight) / weight.sum()
    np.testing.assert_allclose(fitted.scores(nothing), np.tile(shares, (3, 1)))


def test_a_view_that_tells_nothing_weighs_next_to_nothing() -> None:
    """Planted failure: the caption is noise."""
    for seed in range(3):
        found = experts(world(seed, 60, apart=(1.5, 0.0)), Logistic(C=1.0, transform="none"), 3)
        picture, caption = pool(found).weights
        assert caption < 0.05 * picture


def test_the_gate_does_not_heed_a_view_that_tells_nothing() -> None:
    """Planted failure: the caption is noise; a plain mean of both models loses what heeding the picture keeps."""
    losses = []
    for seed in range(2):
        train, test = world(seed, 60, apart=(1.5, 0.0)), world(100 + seed, 200, apart=(1.5, 0.0))
        found = experts(train, Logistic(C=10.0, transform="none"), 3)
        pair = gate(found), Gated(found, np.zeros(2), np.zeros(2))
        own = [np.maximum(one.chances(test)[np.arange(200), test.y], 1e-6) for one in pair]
        losses.append([-float(np.log(chance).mean()) for chance in own])
    ours, mean = np.mean(losses, axis=0)
    assert ours < mean - 0.05


def test_late_is_the_weighted_pool_of_log_probabilities() -> None:
    train, test = world(8), world(9, 20)
    found = experts(train, Logistic(C=1.0, transform="none"), 3)
    pooled = pool(found)
    assert (pooled.weights > 0).all()
    logs = np.log(found.opinions(test))
    by_hand = np.exp(np.einsum("v,nvk->nk", pooled.weights / pooled.weights.sum(), logs))
    by_hand /= by_hand.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(pooled.chances(test), by_hand, rtol=1e-6)
    # The weight by hand: log loss of the shares minus that of held-out answers.
    own = found.held[np.arange(len(train)), 0, found.truth]
    assert pooled.weights[0] == pytest.approx(float(np.mean(np.log(own) - np.log(found.shares[found.truth]))))


def test_held_out_answers_are_of_models_that_did_not_see_the_group() -> None:
    """Planted failure: features are noise and every row comes twice; only twins held out together tell that."""
    x, y = np.random.default_rng(0).normal(size=(48, 60)), np.arange(48) % 3
    views = {"a": (0, 30), "b": (30, 60)}
    base = Logistic(C=100.0, transform="none")

    def saved(groups: tuple[str, ...]) -> float:
        rows = Examples(np.vstack([x, x]), np.concatenate([y, y]), groups=groups, views=views)
        return float(pool(experts(rows, base, 3)).weights.max())

    assert saved(tuple(f"g{i:02d}" for i in range(48)) * 2) == 0.0
    assert saved(tuple(f"r{i:02d}" for i in range(96))) > 0.3


def test_a_class_that_a_view_never_saw_keeps_its_share() -> None:
    train = world(10)
    train = without(train, "caption", np.flatnonzero(train.y == 2))
    said = experts(train, Logistic(C=1.0, transform="none"), 3).opinions(world(11, 30))
    np.testing.assert_allclose(said[:, 1, 2], CHANCE)
    np.testing.assert_allclose(said.sum(axis=2), 1.0)


def test_early_without_missing_views_is_one_logistic_regression() -> None:
    train, test = world(12), world(13, 50)
    ours = learner("early", tol=1e-8, max_iter=5000).fit(train).scores(test)
    reference = Logistic(C=1.0, transform="none", tol=1e-8, max_iter=5000).fit(train).chances(test.x)
    np.testing.assert_allclose(ours, reference, atol=1e-5)


def test_fewer_columns_are_the_same_model() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 300)), np.arange(20) % 3
    z, basis = row_space(x)
    assert basis is not None
    assert z.shape == (20, 20)
    np.testing.assert_allclose(z @ basis.T, x, atol=1e-10)
    exact: dict[str, Any] = {"C": 1.0, "transform": "none", "tol": 1e-9, "max_iter": 5000}
    slow, quick = Logistic(**exact).fit(Examples(x, y)), Logistic(**exact).fit(Examples(z, y))
    np.testing.assert_allclose(quick.coefficients @ basis.T, slow.coefficients, atol=1e-5)
    assert row_space(x.T)[1] is None


def _hidden(rows: Examples, seed: int, how: str) -> Examples:
    """Return the rows with half of the captions hidden: at random, or the larger ones (by their own first number)."""
    column = rows.x[:, VIEWS["caption"][0]]
    gone = np.random.default_rng(seed).random(len(rows)) < 0.5 if how == "random" else column > np.median(column)
    return without(rows, "caption", np.flatnonzero(gone))


@pytest.mark.parametrize("how", ["random", "not at random"])
def test_completion_from_the_other_view_beats_mean_and_zero(how: str) -> None:
    """Both views share a cause that drowns the classes in the picture alone; the caption tells it, or its completion.

    Completed numbers are compared with the true ones: D-29's question of what a missing view was.
    """
    lost: dict[str, list[float]] = {name: [] for name in ("mean", "zero", "ridge")}
    for seed in range(2):
        train, test = world(seed, 150, shared=2.0), world(50 + seed, 200, shared=2.0)
        hid, asked = _hidden(train, seed, how), _hidden(test, seed, how)
        gone = np.isnan(asked.x[:, -1])
        for name in lost:
            fitted = learner("early", complete=name).fit(hid)
            filled = fitted.model.filling.filled(asked)  # type: ignore[union-attr]
            gap = filled[gone, slice(*VIEWS["caption"])] - test.x[gone, slice(*VIEWS["caption"])]
            lost[name].append(float((gap**2).mean()))
    mean = {name: float(np.mean(found)) for name, found in lost.items()}
    assert mean["ridge"] < 0.6 * min(mean["mean"], mean["zero"])


def test_completion_makes_nothing_up_where_the_views_share_nothing() -> None:
    """Planted failure: a map between unrelated views must fall back to the mean instead of adding noise."""
    rng = np.random.default_rng(1)
    rows = Examples(rng.normal(size=(80, 18)), rng.integers(0, 3, 80), groups=world(0, 80).groups, views=VIEWS)
    test = Examples(rng.normal(size=(300, 18)), views=VIEWS)
    loss = {}
    for name in ("mean", "ridge"):
        filled = learner("early", complete=name).fit(rows).model.filling.filled(without(test, "caption"))  # type: ignore[union-attr]
        loss[name] = float(((filled - test.x)[:, 10:] ** 2).mean())
    assert loss["ridge"] < 1.05 * loss["mean"]


def test_dropout_prepares_early_fusion_for_a_missing_view() -> None:
    """A hidden cause moves both views: a model of both takes the caption to cancel it, and is lost without it."""
    scores = []
    for seed in range(3):
        train, test = world(seed, shared=2.0), world(100 + seed, 300, shared=2.0)
        blind = without(test, "caption")
        scores.append([right(learner("early", dropout=share), train, blind) for share in (0.0, 1.0)])
    plain, dropped = np.mean(scores, axis=0)
    assert dropped > plain + 0.1


def test_dropout_is_of_the_rng_alone_and_keeps_the_weight() -> None:
    train, test = world(14), world(15, 20)
    one, same, other = (
        learner("early", dropout=0.5).fit(train, None, np.random.default_rng(seed)).scores(test) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)


def test_rows_of_one_view_and_one_class() -> None:
    plain = Examples(world(16).x, world(16).y)
    for how in HOWS:
        assert right(learner(how), plain, plain) > 0.8
        alone = learner(how).fit(plain.take(plain.y == 1))
        assert alone.classes.tolist() == [1]
        np.testing.assert_allclose(alone.scores(plain.take([0])), [[1.0]])


def test_prepared_rows_give_the_same_model() -> None:
    train, test = without(world(17), "caption", slice(0, 20)), without(world(18, 30), "picture", slice(0, 9))
    whole = Fusion(how="late")
    quick, _ = whole.prepared(train.x[:0])

    def ready(rows: Examples) -> Examples:
        x = rows.x.copy()
        for start, end in VIEWS.values():
            there = ~np.isnan(x[:, start])
            x[there, start:end] = whole.prepared(x[there, start:end])[1]
        return rows.seen(x)

    np.testing.assert_allclose(whole.fit(train).scores(test), quick.fit(ready(train)).scores(ready(test)), atol=1e-9)


def test_nothing_to_learn_from_and_infinite_numbers_are_refused() -> None:
    blank = without(without(world(19), "picture"), "caption")
    with pytest.raises(DataError, match="nothing to train on"):
        learner("late").fit(blank)
    wild = world(19)
    wild.x[0, 0] = np.inf
    with pytest.raises(DataError, match="finite"):
        learner("early").fit(wild)


@pytest.mark.parametrize(
    "wrong",
    [{"how": "sideways"}, {"C": 0.0}, {"dropout": 1.5}, {"complete": "magic"}, {"folds": 1}, {"transform": "x"}],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RecipeError) as caught:
        Fusion(**wrong)
    assert caught.value.next is not None


@pytest.mark.parametrize("more", [{"dropout": 0.5}, {"complete": "ridge"}])
def test_what_only_early_fusion_takes_is_refused_elsewhere(more: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="early"):
        Fusion(how="gated", **more)
