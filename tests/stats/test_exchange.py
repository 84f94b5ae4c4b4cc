"""The exchange rate: known worlds are recovered, overlap widens, and what was not measured is not made up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator
from sklearn.isotonic import isotonic_regression

from shisaku.stats.exchange import Exchange, Overlap, Scores, exchange
from shisaku.stats.proportions import upper_bound

SIZES = np.array([10.0, 20, 40, 80, 160, 320, 640])
N, M = 40.0, 200.0


def _curve(n: np.ndarray | float, middle: float, slope: float) -> np.ndarray:
    """Accuracy from 0.3 to 0.95, logistic in log n."""
    return 0.3 + 0.65 / (1 + np.exp(-slope * (np.log(n) - np.log(middle))))


def _world(rng: np.random.Generator, n_eq: float, splits: int = 10, common: float = 0.0) -> Scores:
    """Scores with a known `n_eq`; `common` is the correlation between splits of what is not common to the arms."""
    middle, slope = rng.uniform(30, 120), rng.uniform(0.6, 1.4)
    means = np.append(_curve(SIZES, middle, slope), _curve(n_eq, middle, slope))
    arms = math.sqrt(common) * rng.normal(size=(1, 8)) + math.sqrt(1 - common) * rng.normal(size=(splits, 8))
    table = means + 0.02 * (arms + rng.normal(size=(splits, 1)))
    return Scores.of(SIZES, table[:, :-1], table[:, -1], N, M)


def _covers(found: Exchange, n_eq: float) -> bool:
    rate = (n_eq - N) / M
    low = -math.inf if found.low is None else found.low
    high = math.inf if found.high is None else found.high
    return low <= rate <= high


def test_known_exchange_rates_lie_within_the_interval_in_nine_worlds_of_ten() -> None:
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(200):
        n_eq = float(np.exp(rng.uniform(np.log(15), np.log(500))))
        covered += _covers(exchange(_world(rng, n_eq), rng, draws=500), n_eq)
    assert covered >= 180


def test_splits_that_overlap_need_the_correction() -> None:
    # 120 items tested, 240 trained on: by Nadeau and Bengio the splits correlate as 120 / (120 + 240).
    rng = np.random.default_rng(12)
    overlap, with_it, without = Overlap(120, 240), 0, 0
    for _ in range(150):
        n_eq = float(np.exp(rng.uniform(np.log(25), np.log(300))))
        world = _world(rng, n_eq, common=1 / 3)
        with_it += _covers(exchange(world, rng, overlap, draws=400), n_eq)
        without += _covers(exchange(world, rng, draws=400), n_eq)
    assert with_it >= 135
    assert upper_bound(without, 150) < 0.9


def test_a_useless_item_is_worth_nothing_and_a_good_one_as_much_as_it_is() -> None:
    rng = np.random.default_rng(13)
    real = _curve(SIZES, 60, 1.0) + rng.normal(0, 0.01, (12, 1)) + rng.normal(0, 0.002, (12, len(SIZES)))
    useless = exchange(Scores.of(SIZES, real, real[:, 2] + rng.normal(0, 0.002, 12), N, M), rng)
    assert useless.low is not None
    assert useless.high is not None
    assert useless.low <= 0 <= useless.high
    good = exchange(Scores.of(SIZES, real, real[:, 3], N, M), rng)
    assert good.n_eq == pytest.approx(80)
    assert good.rate == pytest.approx(0.2)
    assert good.low is not None
    assert good.low > 0


def test_what_is_common_to_a_split_does_not_widen_the_interval() -> None:
    rng = np.random.default_rng(14)
    clean = np.tile(_curve(SIZES, 60, 1.0), (8, 1))
    shift = rng.normal(0, 0.05, (8, 1))
    found = exchange(Scores.of(SIZES, clean + shift, clean[:, 4] + shift[:, 0], N, M), rng)
    assert (found.low, found.rate, found.high) == pytest.approx((0.6, 0.6, 0.6), abs=1e-6)


def test_above_all_that_was_measured_there_is_only_a_lower_bound() -> None:
    rng = np.random.default_rng(15)
    real = _curve(SIZES, 60, 1.0) + rng.normal(0, 0.005, (10, len(SIZES)))
    found = exchange(Scores.of(SIZES, real, np.full(10, 0.99), N, M), rng)
    assert found == Exchange(None, None, pytest.approx(3.0), None, 640.0, None, 10)


def test_below_all_that_was_measured_there_is_only_an_upper_bound() -> None:
    rng = np.random.default_rng(16)
    real = _curve(SIZES, 60, 1.0) + rng.normal(0, 0.005, (10, len(SIZES)))
    found = exchange(Scores.of(SIZES, real, np.full(10, 0.2), N, M), rng)
    assert found == Exchange(None, None, None, pytest.approx(-0.15), None, 10.0, 10)


def test_fewer_than_six_splits_have_a_rate_without_an_interval() -> None:
    rng = np.random.default_rng(19)
    few, enough = exchange(_world(rng, 100, 5), rng), exchange(_world(rng, 100, 6), rng)
    assert few.rate is not None
    assert (few.low, few.high) == (None, None)
    assert enough.low is not None


def test_a_flat_curve_tells_nothing() -> None:
    rng = np.random.default_rng(17)
    found = exchange(Scores.of(SIZES, rng.normal(0.7, 0.02, (6, 7)), rng.normal(0.7, 0.02, 6), N, M), rng)
    assert (found.low, found.high) == (None, None)


def test_a_dip_is_pooled_as_scikit_learn_pools_it() -> None:
    mean = np.array([0.40, 0.50, 0.47, 0.60, 0.58, 0.59, 0.70])
    wanted = 0.55
    pooled = isotonic_regression(mean)
    expected = PchipInterpolator(np.log(SIZES), pooled).solve(wanted, extrapolate=False)
    scores = Scores.of(SIZES, np.tile(mean, (3, 1)), np.full(3, wanted), N, M)
    assert exchange(scores, np.random.default_rng(0)).n_eq == pytest.approx(float(np.exp(expected[0])), rel=1e-9)


def test_equal_seeds_give_equal_intervals() -> None:
    world = _world(np.random.default_rng(18), 100)
    assert exchange(world, np.random.default_rng(4)) == exchange(world, np.random.default_rng(4))


@pytest.mark.parametrize(
    ("sizes", "real", "mixed", "m"),
    [
        ([10, 20], np.zeros((1, 2)), np.zeros(1), 5),
        ([20, 10], np.zeros((4, 2)), np.zeros(4), 5),
        ([10], np.zeros((4, 1)), np.zeros(4), 5),
        ([0, 10], np.zeros((4, 2)), np.zeros(4), 5),
        ([10, 20], np.zeros((4, 2)), np.zeros(3), 5),
        ([10, 20], np.full((4, 2), np.nan), np.zeros(4), 5),
        ([10, 20], np.zeros((4, 2)), np.zeros(4), 0),
    ],
)
def test_refuses_scores_that_make_no_curve(sizes: list[float], real: np.ndarray, mixed: np.ndarray, m: float) -> None:
    with pytest.raises(ValueError, match=r"sizes|splits|finite"):
        Scores.of(sizes, real, mixed, 10, m)
