"""Intervals of rates and costs that hold for few and rare events, with groups, where others do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shisaku.stats.bounded_mean import BoundedEstimate, Strata, bounded_mean
from shisaku.stats.clusters import Clustered, cluster_t
from shisaku.stats.cost_interval import cost_change_of_models
from shisaku.stats.expected_cost import expected_cost, item_costs
from shisaku.stats.proportions import clopper_pearson, upper_bound
from shisaku.stats.rate import Rate, rate

COSTS = np.array([[0.0, 5.0, 1.0], [100.0, 0.0, 2.0]])
USED = np.array([0.97, 0.03])


@pytest.mark.parametrize(("hits", "n"), [(0, 30), (1, 30), (7, 40), (40, 40)])
def test_of_single_items_it_is_the_exact_interval(hits: int, n: int) -> None:
    found = rate(np.arange(n) < hits)
    assert (found.low, found.high) == clopper_pearson(hits, n)
    values = (np.arange(n) < hits).astype(float)
    drawn = bounded_mean(values, Strata.one(n, 0.0, 1.0), draws=40_000)
    assert (drawn.low(0.025), drawn.high(0.025)) == pytest.approx(clopper_pearson(hits, n), abs=0.006)


def test_groups_of_which_each_is_one_thing_count_once() -> None:
    hits = np.repeat([True, False, False, False, False, False, False, False], 25)
    found = rate(hits, np.repeat(np.arange(8), 25))
    assert (found.hits, found.n, found.units, found.value) == (25, 200, 8, 0.125)
    assert (found.low, found.high) == pytest.approx(clopper_pearson(1, 8), abs=0.01)


def test_no_event_among_few_groups_is_not_safety_and_one_event_is_no_better() -> None:
    groups = np.repeat(np.arange(10), 30)
    events = [np.isin(np.arange(300), np.arange(k)) for k in range(6)]
    highs = [rate(one, groups).high for one in events]
    assert highs[0] == pytest.approx(upper_bound(0, 10, 0.975), abs=0.01)
    assert (np.diff(highs) > -0.01).all()  # what draws leave of a rising row
    assert highs[5] > highs[0] + 0.005


def _beta_groups(rng: np.random.Generator, groups: int, p: float, same: float) -> tuple[np.ndarray, np.ndarray]:
    """Items in groups of 1 to 19 with the rate `p` and the correlation `same` within groups."""
    sizes = rng.integers(1, 20, groups)
    own = np.full(groups, p) if not same else rng.beta(p * (1 / same - 1), (1 - p) * (1 / same - 1), groups)
    code = np.repeat(np.arange(groups), sizes)
    return rng.random(len(code)) < own[code], code


@pytest.mark.parametrize(("groups", "p", "same"), [(12, 0.05, 0.3), (40, 0.02, 0.9), (40, 0.3, 0.3), (40, 0.1, 0.0)])
def test_the_interval_of_a_rate_in_groups_covers(groups: int, p: float, same: float) -> None:
    rng = np.random.default_rng(3)
    low = high = 0
    for _ in range(150):
        found = rate(*_beta_groups(rng, groups, p, same))
        low += found.low > p
        high += found.high < p
    # Nominal 2.5 % each; a true 2.5 % gives more than 9 of 150 four times in a thousand.
    assert low <= 9
    assert high <= 9


def test_a_bootstrap_of_groups_misses_rare_events_far_too_often() -> None:
    rng = np.random.default_rng(4)
    missed = 0
    for _ in range(200):
        hits, code = _beta_groups(rng, 40, 0.02, 0.9)
        data = Clustered.of(hits[None].astype(float), np.zeros(len(hits)), code)
        weight = rng.multinomial(40, np.full(40, 1 / 40), 400)
        drawn = (weight @ data.sums[0, :, 0]) / (weight @ data.counts[:, 0])
        missed += np.quantile(drawn, 0.975) < 0.02
    assert missed > 40


def _answers(rng: np.random.Generator, n: tuple[int, int], shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    truth = np.repeat([0, 1], n)
    return truth, np.array([rng.choice(3, p=shares[y]) for y in truth])


def cost_interval(
    truth: object, done: object, costs: object, used: object, groups: object = None
) -> BoundedEstimate:  # fmt: skip
    """The expected cost per item, with the dearest and the cheapest answer of each class as bounds."""
    table, codes = np.asarray(costs, dtype=float), np.asarray(truth)
    strata = Strata(codes, np.asarray(used), table.min(axis=1), table.max(axis=1))
    return bounded_mean(item_costs(codes, done, table), strata, groups)  # type: ignore[arg-type]


@pytest.mark.parametrize("misses", [0.01, 0.1, 0.4])
def test_the_interval_of_an_expected_cost_covers(misses: float) -> None:
    rng = np.random.default_rng(5)
    shares = np.array([[0.9, 0.06, 0.04], [misses, 0.9 - misses, 0.1]])
    true, low, high = expected_cost(shares, COSTS, USED), 0, 0
    for _ in range(150):
        found = cost_interval(*_answers(rng, (150, 30), shares), COSTS, USED)
        low += found.low(0.025) > true
        high += found.high(0.025) < true
    assert low <= 9
    assert high <= 9


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from([0.25, 3.0, 1000.0]))
def test_currency_and_order_change_nothing_else(seed: int, unit: float) -> None:
    rng = np.random.default_rng(seed)
    truth, done = _answers(rng, (20, 10), np.array([[0.6, 0.2, 0.2], [0.3, 0.6, 0.1]]))
    groups = rng.integers(8, size=30)
    found = cost_interval(truth, done, COSTS, USED, groups)
    order = rng.permutation(30)
    moved = cost_interval(truth[order], done[order], COSTS * unit, USED, groups[order])
    for level in (0.025, 0.1):
        assert moved.low(level) == pytest.approx(found.low(level) * unit, abs=1e-9 * unit)
        assert moved.high(level) == pytest.approx(found.high(level) * unit, abs=1e-9 * unit)
    assert found.low(0.025) <= found.mean <= found.high(0.025)


def test_no_miss_among_thirty_leaves_what_the_misses_might_cost() -> None:
    truth, done = np.repeat([0, 1], [1000, 30]), np.repeat([0, 1], [1000, 30])
    found = cost_interval(truth, done, [[0, 0], [1000, 0]], [0.99, 0.01])
    assert found.mean == 0.0
    assert found.high(0.05) == pytest.approx(0.01 * 1000 * upper_bound(0, 30), rel=0.05)


def test_zero_costs_leave_no_doubt() -> None:
    found = cost_interval([0, 1, 1], [0, 1, 0], np.zeros((2, 2)), [0.5, 0.5])
    assert (found.low(0.025), found.mean, found.high(0.025)) == (0.0, 0.0, 0.0)


def test_bounds_and_p_values_say_the_same() -> None:
    found = bounded_mean([0.1, 0.4, 0.35, 0.8, 0.2], Strata.one(5, 0.0, 1.0))
    for margin in (0.1, 0.3, 0.5):
        for level in (0.025, 0.1):
            assert (found.low(level) > margin) == (found.p_above(margin) < level)
            assert (found.high(level) < margin) == (found.p_below(margin) < level)


def test_models_on_one_test_set_agree_with_the_interval_that_decides() -> None:
    rng = np.random.default_rng(7)
    truth = np.repeat([0, 1], [60, 60])
    changes = rng.integers(-1, 2, (4, 120)).astype(float)
    even = cost_change_of_models(changes, truth, [[0, 1], [1, 0]], [0.5, 0.5], np.arange(120) // 6, rng)
    theirs = cluster_t(Clustered.of(changes, truth, np.arange(120) // 6))
    assert (even.mean, even.low(0.025)) == pytest.approx((theirs.mean, theirs.low(0.025)))
    used, costs = np.array([0.98, 0.02]), np.array([[0.0, 1.0], [500.0, 0.0]])
    doubled = [
        cost_change_of_models(changes * unit, truth, costs * unit, used, np.arange(120), np.random.default_rng(1))
        for unit in (1.0, 2.0)
    ]
    by_class = [changes[:, truth == y].mean() for y in (0, 1)]
    assert doubled[0].mean == pytest.approx(used @ by_class)
    assert doubled[1].high(0.025) == pytest.approx(2 * doubled[0].high(0.025))


def test_equal_answers_of_rare_and_dear_items_are_no_proof_of_equal_costs() -> None:
    truth = np.repeat([0, 1], [300, 10])
    found = cost_change_of_models(
        np.zeros((3, 310)), truth, [[0, 1], [1000, 0]], [0.99, 0.01], np.arange(310), np.random.default_rng(0)
    )
    assert found.mean == 0.0
    assert found.high(0.025) > 1.9  # one of ten items, at 1000 each and a share of 1 %, is 1.0 on the mean
    nothing = cost_change_of_models(
        np.zeros((3, 310)), truth, np.zeros((2, 2)), [0.99, 0.01], np.arange(310), np.random.default_rng(0)
    )
    assert nothing.high(0.025) == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: rate([]),
        lambda: rate([True], level=1.0),
        lambda: rate([True, False], ["a"]),
        lambda: bounded_mean([2.0], Strata.one(1, 0.0, 1.0)),
        lambda: bounded_mean([np.nan], Strata.one(1, 0.0, 1.0)),
        lambda: bounded_mean([0.5, 0.5], Strata.one(1, 0.0, 1.0)),
        lambda: cost_interval([0, 0], [0, 1], [[0, 1], [1, 0]], [0.5, 0.5]),
        lambda: cost_change_of_models([[0.0]], [0], [[0, 1], [1, 0]], [0.5, 0.5], ["a"], np.random.default_rng(0)),
        lambda: cost_change_of_models(
            [[np.inf, 0.0]], [0, 1], [[0, 1], [1, 0]], [0.5, 0.5], ["a", "b"], np.random.default_rng(0)
        ),
    ],
)
def test_what_makes_no_interval_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"needs|outside|has no item|no item"):
        call()  # type: ignore[operator]


def test_the_item_costs_make_the_same_mean() -> None:
    rng = np.random.default_rng(8)
    truth, done = _answers(rng, (40, 20), np.array([[0.6, 0.2, 0.2], [0.3, 0.6, 0.1]]))
    by_class = [item_costs(truth, done, COSTS)[truth == y].mean() for y in (0, 1)]
    assert cost_interval(truth, done, COSTS, USED).mean == pytest.approx(USED @ by_class)
    assert isinstance(rate(done == 2), Rate)
