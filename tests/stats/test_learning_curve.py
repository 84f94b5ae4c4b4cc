"""Learning curves carried on: exact on power laws, never falling, and as unsure as the splits and the shape are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shisaku.stats.learning_curve import ASTRAY, MIDDLE, RATES, drawn_means, power_laws
from shisaku.stats.resplit import nadeau_bengio

SIZES = (10.0, 20.0, 30.0, 40.0)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("top", "drop"), [(0.9, 1.2), (0.7, 0.4), (1.0, 2.0)])
def test_the_mean_curve_recovers_a_power_law_of_its_rate(top: float, drop: float) -> None:
    scores = [top - drop * n ** -RATES[MIDDLE] for n in SIZES]
    found = power_laws(SIZES, [scores], rng())
    assert found.top[0] == pytest.approx(top)
    assert found.drop[0] == pytest.approx(drop)
    assert found.at(160.0)[0] == pytest.approx(top - drop / np.sqrt(160))


def test_a_falling_curve_is_not_carried_on_as_a_loss() -> None:
    found = power_laws(SIZES, [[0.8, 0.75, 0.74, 0.7]], rng())
    assert found.drop[0] == pytest.approx(0.0, abs=1e-12)
    assert found.at(400.0)[0] == pytest.approx(found.at(40.0)[0])


def test_nothing_is_carried_beyond_the_best_score_there_is() -> None:
    steep = power_laws(SIZES, [[0.1, 0.5, 0.9, 1.0]], rng())
    assert steep.top[0] == 1.0
    assert (steep.at(10**9) <= 1.0).all()


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.floats(10, 1e6), st.floats(1, 100))
@settings(max_examples=60, deadline=None)
def test_more_items_never_score_less(scores: list[float], n: float, factor: float) -> None:
    found = power_laws(SIZES, [scores] * 20, rng())
    assert (found.at(n * factor) >= found.at(n) - 1e-12).all()


def test_what_is_carried_on_spreads_although_all_draws_are_equal() -> None:
    """Rate and factor are not known: what lies far out is less sure than what lies near."""
    scores = [0.9 - n**-0.5 for n in SIZES]
    found = power_laws(SIZES, [scores] * 4000, rng())
    near, far = (found.at(n)[1:] - found.at(40.0)[1:] for n in (44.0, 400.0))
    assert far.std() > 3 * near.std()
    # Of what is gained at one rate, a factor of log-normal spread with mean 1 is left.
    same = found.rate[1:] == RATES[MIDDLE]
    told = (found.drop[1:] / found.drop[0])[same]
    assert told.mean() == pytest.approx(1.0, abs=0.05)
    assert np.log(told).std() == pytest.approx(ASTRAY, abs=0.03)


def test_drawn_means_spread_as_the_corrected_variance_says() -> None:
    table = rng(3).normal(0.7, 0.1, (12, 1))
    drawn = drawn_means(table, 20, 60, rng(4), 20_000)[1:, 0]
    assert drawn.mean() == pytest.approx(table.mean(), abs=0.002)
    # Each draw takes one split fewer than there are, so that the variance is the unbiased one.
    assert drawn.std() == pytest.approx(nadeau_bengio(table[:, 0], 20, 60).se, rel=0.03)


def test_columns_are_drawn_together() -> None:
    first = rng(1).normal(size=(12, 1))
    drawn = drawn_means(np.hstack([first, first + 0.25]), 20, 60, rng(2), 500)
    assert np.allclose(drawn[:, 1] - drawn[:, 0], 0.25)


@pytest.mark.parametrize(
    ("sizes", "scores"),
    [([10], [[0.5]]), ([20, 10], [[0.5, 0.6]]), ([0, 10], [[0.5, 0.6]]), ([10, 20], [[0.5, np.nan]]), ([1, 2], [[1]])],
)
def test_what_is_no_curve_is_refused(sizes: list[float], scores: list[list[float]]) -> None:
    with pytest.raises(ValueError, match=r"rising|finite"):
        power_laws(sizes, scores, rng())


def test_few_splits_are_refused() -> None:
    with pytest.raises(ValueError, match="6 splits"):
        drawn_means(np.zeros((5, 2)), 10, 10, rng(), 100)
