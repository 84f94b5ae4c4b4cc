"""Canonical correlation: scikit-learn's on easy data, free of scale, groups held out, pairs found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shisaku.errors import DataError, RecipeError
from shisaku.learn.cca import GRID, Cca
from shisaku.learn.examples import Examples
from shisaku.learn.learner import Aiming
from shisaku.learn.ridge import Ridge


def pairs(n: int = 80, seed: int = 0, noise: float = 0.3, dims: int = 8, out: int = 6) -> Examples:
    """Two views of three hidden numbers, each with noise of its own."""
    world, rng = np.random.default_rng(99), np.random.default_rng(seed)
    left, right = world.normal(size=(3, dims)), world.normal(size=(3, out))
    hidden = rng.normal(size=(n, 3))
    x = hidden @ left + noise * rng.normal(size=(n, dims)) + 5
    targets = hidden @ right + noise * rng.normal(size=(n, out)) - 2
    return Examples(x, targets=targets, groups=tuple(f"g{i:03d}" for i in range(n)))


def found(learner: Cca, train: Examples, test: Examples) -> float:
    fitted = learner.fit(train)
    a, b = fitted.aim(test.targets), fitted.scores(test)
    cosines = (a / np.linalg.norm(a, axis=1)[:, None]) @ (b / np.linalg.norm(b, axis=1)[:, None]).T
    return float((cosines.argmax(axis=1) == np.arange(len(test))).mean())


def test_correlations_and_axes_are_those_of_scikit_learn() -> None:
    from sklearn.cross_decomposition import CCA

    train, test = pairs(300), pairs(100, seed=1)
    ours = Cca(grid=(1e-9,), dims=3).fit(train)
    theirs = CCA(n_components=3, scale=False, max_iter=5000, tol=1e-12).fit(train.x, train.targets)
    a, b = theirs.transform(train.x, train.targets)
    np.testing.assert_allclose(ours.correlations, [np.corrcoef(a[:, k], b[:, k])[0, 1] for k in range(3)], atol=1e-6)
    turned = theirs.transform(test.x)
    for k in range(3):
        assert abs(np.corrcoef(turned[:, k], ours.scores(test)[:, k])[0, 1]) == pytest.approx(1, abs=1e-5)


def test_held_out_pairs_are_found_and_shuffled_ones_are_not() -> None:
    train, test = pairs(), pairs(60, seed=1)
    assert found(Cca(), train, test) > 0.5
    mixed = replace(train, targets=train.targets[np.random.default_rng(0).permutation(len(train))])
    assert found(Cca(), mixed, test) < 0.15
    assert isinstance(Cca().fit(train), Aiming)
    assert not isinstance(Ridge().fit(train), Aiming)


@pytest.mark.parametrize("times", [2, 5])
def test_copies_and_weights_of_every_row_change_nothing(times: int) -> None:
    train, test = pairs(noise=1.0), pairs(20, seed=1)
    once, copied = Cca().fit(train), Cca().fit(train.take(np.tile(np.arange(80), times)))
    weighted = Cca().fit(replace(train, weight=np.full(80, float(times))))
    assert once.strength == copied.strength == weighted.strength
    for other in (copied, weighted):
        np.testing.assert_allclose(np.abs(once.scores(test)), np.abs(other.scores(test)), atol=1e-6)


def test_rows_without_weight_do_not_exist() -> None:
    train, test = pairs(), pairs(20, seed=1)
    weight = np.ones(80)
    weight[3] = 0.0
    spoilt = train.x.copy()
    spoilt[3] = 1e5
    one = Cca().fit(replace(train, x=spoilt, weight=weight)).scores(test)
    np.testing.assert_array_equal(one, Cca().fit(train.take(np.arange(80) != 3)).scores(test))


def test_groups_are_held_out_together() -> None:
    """Planted leak: noisy pairs in more dimensions than rows; with copies in other folds the weakest penalty wins."""
    train = pairs(40, noise=1.0, dims=60, out=30).take(np.tile(np.arange(40), 3))
    leaky = Cca().fit(replace(train, groups=tuple(f"r{i:03d}" for i in range(120))))
    assert Cca().fit(train).strength > 50 * leaky.strength


def test_more_features_than_rows_and_two_rows_are_no_error() -> None:
    wide = pairs(30, dims=200, out=50)
    fitted = Cca().fit(wide)
    assert fitted.scores(wide).shape == fitted.aim(wide.targets).shape
    assert np.isfinite(fitted.scores(wide)).all()
    assert np.isfinite(Cca().fit(wide.take([0, 1])).scores(wide)).all()
    assert Cca(dims=2).fit(wide).scores(wide).shape == (30, 2)


def test_bad_settings_and_bad_rows() -> None:
    for wrong in ({"grid": ()}, {"grid": (0.0,)}, {"folds": 1}, {"dims": -1}, {"transform": "cube"}):
        with pytest.raises(RecipeError, match="cca"):
            Cca(**wrong)
    train = pairs()
    with pytest.raises(DataError, match="equal"):
        Cca().fit(replace(train, targets=np.ones((80, 3))))
    with pytest.raises(DataError, match="finite"):
        Cca().fit(replace(train, targets=np.full((80, 3), np.nan)))
    with pytest.raises(DataError, match="nothing to train on"):
        Cca().fit(train.take(np.zeros(0, int)))
    assert min(GRID) <= 1e-4 < 1e3 <= max(GRID)
