"""When to act and when to ask a person: closed forms by hand, choices on validation items by what they cost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from shisaku.stats.chosen_threshold import ChosenThreshold, threshold_by_cost
from shisaku.stats.chow import Band, cost_threshold, review_band
from shisaku.stats.expected_cost import action_shares, best_constant, cheapest, expected_cost

TWO = np.array([[0.0, 5.0], [100.0, 0.0]])
THREE = np.array([[0.0, 5.0, 1.0], [100.0, 0.0, 1.0]])


def grid(places: int = 2001) -> np.ndarray:
    p = np.linspace(0.0, 1.0, places)
    return np.column_stack([1 - p, p])


def test_act_from_one_in_twenty_one_on_where_a_miss_costs_twenty_false_alarms() -> None:
    assert cost_threshold([[0, 5], [100, 0]]) == pytest.approx(1 / 21)
    assert cost_threshold([[1, 3], [9, 1]]) == pytest.approx(2 / (2 + 8))
    assert cost_threshold([[0, 0], [1, 0]]) == 0.0
    assert cost_threshold([[0, 1], [0, 0]]) == 1.0


@pytest.mark.parametrize("costs", [[[0, 0], [0, 0]], [[2, 1], [5, 0]], [[0, 1], [0, 3]], [[0, 1], [1, 0], [1, 1]]])
def test_costs_that_decide_nothing_are_refused(costs: list[list[float]]) -> None:
    with pytest.raises(ValueError, match=r"an error must cost more|a negative and a positive class"):
        cost_threshold(costs)


def test_chows_band_by_hand() -> None:
    band = review_band(THREE)
    assert band == Band(pytest.approx(1 / 100), pytest.approx(1 - 1 / 5))
    assert review_band([[0, 5, 5], [100, 0, 5]]) is None
    # r = FP FN / (FP + FN) is where the band closes.
    assert review_band([[0, 1, 0.5], [1, 0, 0.5]]) is None
    assert review_band([[0, 1, 0.49], [1, 0, 0.49]]) == Band(pytest.approx(0.49), pytest.approx(0.51))
    assert review_band([[0, 1, 0], [1, 0, 0]]) == Band(0.0, 1.0)
    with pytest.raises(ValueError, match="review"):
        review_band(TWO)


@settings(deadline=None)
@given(st.lists(st.integers(0, 12), min_size=6, max_size=6))
def test_bands_and_thresholds_say_what_bayes_rule_does(flat: list[int]) -> None:
    costs = np.array(flat, dtype=float).reshape(2, 3)
    rows = grid()
    done, p = cheapest(rows, costs), rows[:, 1]
    band = review_band(costs)
    inside = np.zeros(len(p), bool) if band is None else (p > band.low + 1e-9) & (p < band.high - 1e-9)
    assert (done[inside] == 2).all()
    outside = ~inside if band is None else (p < band.low - 1e-9) | (p > band.high + 1e-9)
    assert (done[outside] != 2).all()
    if costs[0, 1] > costs[0, 0] and costs[1, 0] > costs[1, 1]:
        cut = cost_threshold(costs)
        away = abs(p - cut) > 1e-9
        assert ((cheapest(rows, costs[:, :2]) == 1) == (p > cut))[away].all()


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0.1, 10))
def test_thresholds_do_not_care_for_currency_and_mirror_with_the_classes(
    alarm: float, miss: float, unit: float
) -> None:
    costs = np.array([[0.0, alarm, 0.3], [miss, 0.0, 0.4]])
    mirrored = costs[::-1][:, [1, 0, 2]]
    assert cost_threshold(costs * unit) == pytest.approx(cost_threshold(costs))
    assert cost_threshold(mirrored) == pytest.approx(1 - cost_threshold(costs))
    one, other, scaled = review_band(costs), review_band(mirrored), review_band(costs * unit)
    if one is None:
        assert other is None
    else:
        assert other is not None
        assert scaled is not None
        assert (1 - other.high, 1 - other.low) == pytest.approx((one.low, one.high))
        assert (scaled.low, scaled.high) == pytest.approx((one.low, one.high))


def brute_force(x: np.ndarray, y: np.ndarray, costs: np.ndarray, used: np.ndarray) -> float:
    """The least cost of all pairs of thresholds, one by one."""
    cuts = [-math.inf, *np.unique(x), math.inf]
    found = []
    for low in cuts:
        for high in [one for one in cuts if one >= low]:
            if costs.shape[1] == 2 and high != low:
                continue
            done = ChosenThreshold(high, low, 0.0, "", 0).actions(x)
            found.append(expected_cost(action_shares(y, done, 2, costs.shape[1]), costs, used))
    return min(found)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.sampled_from([2, 3]))
def test_no_other_thresholds_cost_less(seed: int, actions: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 9, 25).astype(float), np.r_[0, 1, rng.integers(2, size=23)]
    costs, used = rng.integers(0, 20, (2, actions)).astype(float), rng.dirichlet([1, 1])
    found = threshold_by_cost(x, y, costs, used)
    real = expected_cost(action_shares(y, found.actions(x), 2, actions), costs, used)
    assert found.cost == pytest.approx(real, abs=1e-9)
    assert real == pytest.approx(brute_force(x, y, costs, used), abs=1e-9)
    # A choice is no worse than taking one action for everything.
    assert real <= best_constant(costs, used)[1] + 1e-9


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from([2, 3]))
def test_a_rising_transform_and_the_order_of_items_change_no_decision(seed: int, actions: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=30), np.r_[0, 1, rng.integers(2, size=28)]
    costs, used = rng.integers(0, 20, (2, actions)).astype(float), rng.dirichlet([1, 1])
    order = rng.permutation(30)
    found, bent = threshold_by_cost(x, y, costs, used), threshold_by_cost(np.exp(x)[order], y[order], costs * 8, used)
    assert (found.actions(x)[order] == bent.actions(np.exp(x)[order])).all()
    assert (found.end, found.tied, found.cost * 8) == (bent.end, bent.tied, pytest.approx(bent.cost))


def test_swapping_the_classes_costs_the_same() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=80)
    x = rng.normal(y, 1.0)
    one = threshold_by_cost(x, y, THREE, [0.9, 0.1])
    other = threshold_by_cost(-x, 1 - y, THREE[::-1][:, [1, 0, 2]], [0.1, 0.9])
    assert one.cost == pytest.approx(other.cost)


def test_the_cost_of_a_threshold_is_that_of_the_roc_curve_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    y = rng.integers(2, size=200)
    x = np.round(rng.normal(y, 1.0), 1)
    found = threshold_by_cost(x, y, TWO, [0.98, 0.02])
    fpr, tpr, cuts = roc_curve(y, x, drop_intermediate=False)
    costs = 0.98 * fpr * 5 + 0.02 * (1 - tpr) * 100
    assert abs(found.cost - costs.min()) < 1e-12
    assert costs[np.flatnonzero(cuts == found.positive)[0]] == pytest.approx(found.cost)


def test_of_calibrated_scores_it_is_near_the_closed_form() -> None:
    rng = np.random.default_rng(2)
    p = rng.random(40_000)
    y = (rng.random(40_000) < p).astype(int)
    used = np.bincount(y) / len(y)
    assert threshold_by_cost(p, y, TWO, used).positive == pytest.approx(1 / 21, abs=0.03)
    found = threshold_by_cost(p, y, THREE, used)
    assert (found.review, found.positive) == (pytest.approx(0.01, abs=0.02), pytest.approx(0.8, abs=0.05))


@pytest.mark.parametrize(
    ("costs", "end", "actions"),
    [
        ([[0, 1], [1000, 0]], "always", [1, 1, 1, 1]),
        ([[0, 1000], [1, 0]], "never", [0, 0, 0, 0]),
        ([[0, 9, 0.1], [9, 0, 0.1]], "review", [2, 2, 2, 2]),
    ],
)
def test_a_choice_at_an_end_is_named(costs: list[list[float]], end: str, actions: list[int]) -> None:
    x, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 0, 1, 0])
    found = threshold_by_cost(x, y, costs, [0.5, 0.5])
    assert found.end == end
    assert found.actions(x).tolist() == actions


def test_where_nothing_costs_anything_all_thresholds_are_the_same() -> None:
    found = threshold_by_cost([1.0, 2.0, 3.0], [0, 1, 1], np.zeros((2, 2)), [0.5, 0.5])
    assert (found.cost, found.end, found.tied) == (0.0, "", 4)


def test_of_choices_that_cost_the_same_the_one_with_the_least_review_is_taken() -> None:
    # In both middle groups answering positive costs what a review of the two does.
    x, y = np.array([1.0, 2, 2, 3, 3, 4]), np.array([0, 0, 1, 0, 1, 1])
    found = threshold_by_cost(x, y, [[0, 2, 1], [10, 0, 1]], [0.5, 0.5])
    assert (found.positive, found.review, found.tied) == (2.0, 2.0, 3)


@pytest.mark.parametrize(
    ("scores", "truth", "words"),
    [
        ([1.0, 2.0], [0, 0], "both classes"),
        ([1.0, np.nan], [0, 1], "finite score"),
        ([1.0], [0, 1], "finite score"),
        ([1.0, 2.0], [0, 2], "whole number"),
    ],
)
def test_scores_that_give_no_threshold_are_refused(scores: list[float], truth: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        threshold_by_cost(scores, truth, TWO, [0.5, 0.5])
    with pytest.raises(ValueError, match="two classes"):
        threshold_by_cost(scores, truth, np.ones((3, 2)), [0.5, 0.5, 0])
