"""Shares nearer to used items, neighbours apart from one's own, authenticity and membership: against plain counting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from shisaku.stats.authenticity import Crowd
from shisaku.stats.copy_share import chance_nearer, share_of
from shisaku.stats.membership import caught_at, relative_nearness
from shisaku.stats.nearest_apart import distances_between, nearest_apart


def test_nearest_apart_leaves_out_what_is_barred() -> None:
    rng = np.random.default_rng(0)
    queries, rows = rng.normal(size=(700, 6)), rng.normal(size=(40, 6))
    barred = [rng.permutation(40)[: rng.integers(0, 38)] for _ in range(700)]
    places, apart = nearest_apart(queries, rows, 5, barred)
    all_of = np.sqrt(((queries[:, None] - rows) ** 2).sum(2))
    for i in range(700):
        allowed = np.setdiff1d(np.arange(40), barred[i])
        best = allowed[np.argsort(all_of[i, allowed])][:5]
        assert places[i, : len(best)].tolist() == best.tolist()
        assert (places[i, len(best) :] == -1).all()
        assert np.isinf(apart[i, len(best) :]).all()
        np.testing.assert_allclose(apart[i, : len(best)], all_of[i, best], rtol=1e-5)


def test_a_copy_has_distance_0_and_ties_go_by_place() -> None:
    rows = np.random.default_rng(1).normal(size=(50, 384)) * 100.0
    rows[7] = rows[3]
    places, apart = nearest_apart(rows, rows, 1)
    assert (apart[:, 0] == 0).all()
    assert places[7, 0] == 3
    assert (np.diag(distances_between(rows, rows)) == 0).all()
    assert nearest_apart(rows[:0], rows, 2)[0].shape == (0, 2)
    assert (nearest_apart(rows, rows[:0], 2)[0] == -1).all()
    with pytest.raises(ValueError, match="at least 1"):
        nearest_apart(rows, rows, 0)


def test_distances_between_are_distances() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(30, 12)), rng.normal(size=(20, 12))
    b[4] = a[5] + 1e-4
    np.testing.assert_allclose(distances_between(a, b), np.sqrt(((a[:, None] - b) ** 2).sum(2)), rtol=1e-3)


@pytest.mark.parametrize(("n_used", "n_held"), [(6, 6), (9, 3), (3, 9), (1, 7), (7, 1)])
def test_the_chance_over_all_draws_is_that_of_many_draws(n_used: int, n_held: int) -> None:
    rng = np.random.default_rng(n_used)
    distances = np.sort(rng.integers(0, 12, (20, n_used + n_held)), axis=1).astype(np.float64)
    used = np.stack([rng.permutation(n_used + n_held) < n_used for _ in range(20)])
    found = chance_nearer(distances, used, n_used, n_held)
    size, draws = min(n_used, n_held), 3000
    for row in range(20):
        a, b = distances[row, used[row]], distances[row, ~used[row]]
        one = np.array([rng.choice(a, size, replace=False).min() for _ in range(draws)])
        other = np.array([rng.choice(b, size, replace=False).min() for _ in range(draws)])
        assert found[row] == pytest.approx((one < other).mean() + (one == other).mean() / 2, abs=0.04)


def test_a_share_of_lone_items_has_the_exact_interval() -> None:
    values = np.array([1.0] * 30 + [0.0] * 12)
    share = share_of(values)
    exact = binomtest(30, 42).proportion_ci(0.95, "exact")
    assert (share.value, share.low, share.high) == pytest.approx((30 / 42, exact.low, exact.high))


def test_groups_widen_the_interval_and_the_widest_counts() -> None:
    rng = np.random.default_rng(3)
    values = np.repeat(rng.integers(0, 2, 40), 10).astype(float)
    groups = np.repeat(np.arange(40), 10).tolist()
    alone, grouped, both = share_of(values), share_of(values, groups), share_of(values, range(400), groups)
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)
    assert (both.low, both.high, both.units) == (grouped.low, grouped.high, 40)
    same = share_of(np.ones(400), groups)
    assert same.low == pytest.approx(binomtest(40, 40).proportion_ci(0.95, "exact").low)
    with pytest.raises(ValueError, match="at least one"):
        share_of(np.zeros(0))


def test_the_interval_of_a_clean_share_holds_one_half() -> None:
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(300):
        sizes = rng.integers(1, 9, 60)
        values = np.repeat(rng.integers(0, 2, 60), sizes).astype(float)
        share = share_of(values, np.repeat(np.arange(60), sizes).tolist())
        held += share.low <= 0.5 <= share.high
    assert held >= 273


def crowd() -> tuple[Crowd, np.ndarray]:
    rows = np.array([[0.0], [1.0], [3.0], [3.5], [10.0]])
    groups = np.array([0, 1, 2, 2, 3])
    return Crowd(rows, groups, [np.flatnonzero(groups == g) for g in range(4)]), rows


def test_authenticity_by_hand() -> None:
    made, _ = crowd()
    near, far, ratio = made.ratios(np.array([[0.4], [2.0], [9.0]]), [np.array([], int)] * 3)
    assert near.tolist() == [0, 1, 4]
    np.testing.assert_allclose(far, [0.4, 1.0, 1.0], rtol=1e-6)
    # Nearest others outside the own group: 0 -> 1 (1.0), 1 -> 0 (1.0), 10 -> 3.5 (6.5).
    np.testing.assert_allclose(ratio, [0.4, 1.0, 1.0 / 6.5], rtol=1e-6)


def test_own_groups_count_on_neither_side() -> None:
    made, _ = crowd()
    near, _, ratio = made.ratios(np.array([[0.1], [0.1]]), [np.array([0]), np.array([0, 1, 2, 3])])
    assert near.tolist() == [1, -1]
    assert ratio[0] == pytest.approx(0.9 / 2.0, rel=1e-6)  # the neighbour of 1.0 is 3.0, as 0.0 is barred
    assert np.isnan(ratio[1])
    np.testing.assert_allclose(made.among_themselves()[1], [1.0 / 2.0, 1.0 / 3.0, 2.0, 2.5, 6.5 / 2.5], rtol=1e-6)


def test_a_copy_is_nearer_than_real_items_are() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(200, 8))
    codes = np.arange(200)
    made = Crowd(rows, codes, [np.array([i]) for i in codes])
    assert (made.ratios(rows[:5], [np.zeros(0, int)] * 5)[2] == 0).all()
    # A fresh draw of the same kind is authentic as often as a real item is among the others.
    fresh = made.ratios(rng.normal(size=(2000, 8)), [np.zeros(0, int)] * 2000)[2]
    assert (fresh > 1).mean() == pytest.approx((made.among_themselves()[1] > 1).mean(), abs=0.1)


def test_few_non_members_give_no_rare_rate() -> None:
    rng = np.random.default_rng(6)
    assert caught_at(rng.normal(size=50), rng.normal(size=999)) is None
    clean = caught_at(rng.normal(size=5000), rng.normal(size=2000))
    leaking = caught_at(np.r_[rng.normal(size=900), np.full(100, 50.0)], rng.normal(size=1000))
    assert clean is not None
    assert leaking is not None
    assert clean.low <= 0.015
    assert clean.false_positives == pytest.approx(0.01)
    assert leaking.value == pytest.approx(0.11, abs=0.01)


def test_nearness_survives_copies() -> None:
    found = relative_nearness([0.0, 1.0, 2.0], [1.0, 1.0, 0.0])
    assert np.isfinite(found).all()
    assert found[0] > found[1] == 0.0 > found[2]
