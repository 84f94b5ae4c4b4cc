"""The ridge student is scikit-learn's, scale-free in its weights, and holds groups out together."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.errors import DataError, RecipeError
from shisaku.learn.examples import Examples
from shisaku.learn.ridge import GRID, FittedRidge, Ridge


def plane(n: int = 60, dims: int = 8, out: int = 3, noise: float = 0.1, seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, dims))
    return x, x @ rng.normal(size=(dims, out)) + 2.0 + rng.normal(0, noise, (n, out)), np.ones(n)


def trained(learner: Ridge, x: np.ndarray, t: np.ndarray, w: np.ndarray, groups: list[str]) -> FittedRidge:
    return learner.fit(Examples(x, weight=w, targets=t, groups=tuple(groups)))


def names(n: int) -> list[str]:
    return [f"g{i:03d}" for i in range(n)]


def test_it_is_scikit_learns_at_the_strength_chosen() -> None:
    from sklearn.linear_model import Ridge as Theirs

    x, t, w = plane()
    ours = trained(Ridge(), x, t, w, names(len(x)))
    theirs = Theirs(alpha=ours.strength * w.sum()).fit(x, t)
    np.testing.assert_allclose(ours.scores(Examples(x)), theirs.predict(x), atol=1e-8)
    assert not ours.at_edge


@pytest.mark.parametrize("times", [2, 7])
def test_copies_of_every_row_give_the_same_map(times: int) -> None:
    x, t, w = plane(noise=2.0)
    once = trained(Ridge(), x, t, w, names(len(x)))
    more = trained(Ridge(), x, t, w * times, names(len(x)))
    copied = trained(Ridge(), np.tile(x, (times, 1)), np.tile(t, (times, 1)), np.tile(w, times), names(len(x)) * times)
    assert once.strength == more.strength == copied.strength
    np.testing.assert_allclose(once.scores(Examples(x)), more.scores(Examples(x)), atol=1e-8)
    np.testing.assert_allclose(once.scores(Examples(x)), copied.scores(Examples(x)), atol=1e-8)


def test_groups_are_held_out_together() -> None:
    """Planted fault: with copies in other folds the weakest penalty always looks best on pure noise."""
    rng = np.random.default_rng(3)
    x, t = rng.normal(size=(20, 40)), rng.normal(size=(20, 2))
    many, aims = np.tile(x, (4, 1)), np.tile(t, (4, 1))
    honest = trained(Ridge(), many, aims, np.ones(80), names(20) * 4)
    leaky = trained(Ridge(), many, aims, np.ones(80), names(80))
    assert honest.strength > 100 * leaky.strength


def test_an_end_of_the_grid_is_told() -> None:
    x, t, w = plane(noise=0.0)
    assert trained(Ridge(grid=(1.0, 10.0)), x, t, w, names(len(x))).at_edge
    assert not trained(Ridge(grid=(1.0,)), x, t, w, names(len(x))).at_edge
    assert min(GRID) < 1e-5
    assert max(GRID) >= 100


def test_bad_settings_and_bad_rows() -> None:
    with pytest.raises(RecipeError, match="positive strengths"):
        Ridge(grid=(0.0, 1.0))
    x, t, w = plane()
    x[3, 2] = np.nan
    with pytest.raises(DataError, match="must be finite"):
        trained(Ridge(), x, t, w, names(len(x)))
    with pytest.raises(DataError, match="nothing to train on"):
        trained(Ridge(), x[:0], t[:0], w[:0], [])
