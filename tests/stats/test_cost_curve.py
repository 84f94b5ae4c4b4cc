"""Cost curves: by hand, against every threshold one by one, and whether a difference along them is shown."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from shisaku.stats.chosen_threshold import threshold_by_cost
from shisaku.stats.cost_curve import (
    CostCurve,
    Region,
    always_or_never,
    cost_curve,
    cost_ratio,
    probability_cost,
    regions,
)
from shisaku.stats.cost_curve_gap import cost_curve_gap

AT = np.linspace(0.0, 1.0, 41)


def test_where_a_place_of_use_lies() -> None:
    assert probability_cost(0.01, 100, 5) == pytest.approx(1 / (1 + 0.99 * 5))
    assert probability_cost(0.5, 3, 3) == 0.5
    assert cost_ratio(probability_cost(0.01, 100, 5), 0.01) == pytest.approx(20)
    assert cost_ratio(1.0, 0.3) == math.inf
    for bad in ((1.5, 1, 1), (0.5, -1, 1), (0.5, 0, 0), (0.0, 1, 0)):
        with pytest.raises(ValueError, match="cost"):
            probability_cost(*bad)


def test_four_items_by_hand() -> None:
    # Falling scores: hit, alarm, hit, quiet. The hull of the ROC curve has the corners (0, 1/2) and (1/2, 1).
    found = cost_curve([4.0, 3.0, 2.0, 1.0], [1, 0, 1, 0])
    assert found.edges == pytest.approx([0.0, 0.5, 1.0])
    assert found.thresholds.tolist() == [4.0, 2.0]
    assert found.misses.tolist() == [0.5, 0.0]
    assert found.alarms.tolist() == [0.0, 0.5]
    assert found.cost([0.0, 0.25, 0.5, 1.0]) == pytest.approx([0.0, 0.125, 0.25, 0.0])
    assert regions(found, always_or_never()) == (Region(0.0, 1.0, "first"),)


def test_a_perfect_score_costs_nothing_and_a_useless_one_what_constant_answers_cost() -> None:
    assert cost_curve([3.0, 4.0, 1.0, 2.0], [1, 1, 0, 0]).cost(AT) == pytest.approx(np.zeros(41))
    useless = cost_curve(np.ones(6), [0, 1, 0, 1, 0, 1])
    assert useless.cost(AT) == pytest.approx(np.minimum(AT, 1 - AT))
    assert regions(useless, always_or_never()) == (Region(0.0, 1.0, "equal"),)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 2))
def test_it_is_the_lower_envelope_of_all_thresholds(seed: int, digits: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.r_[0, 1, rng.integers(2, size=40)]
    x = np.round(rng.normal(y * 0.8, 1.0), digits)
    fpr, tpr, _ = roc_curve(y, x, drop_intermediate=False)
    every = np.outer(1 - tpr, AT) + np.outer(fpr, 1 - AT)
    curve = cost_curve(x, y)
    assert np.abs(curve.cost(AT) - every.min(axis=0)).max() < 1e-12
    assert (np.diff(curve.edges) > 0).all()
    # Never worse than a constant answer where its thresholds were chosen; any rising transform gives the same curve.
    assert (curve.cost(AT) <= np.minimum(AT, 1 - AT) + 1e-12).all()
    assert cost_curve(np.exp(x), y).cost(AT) == pytest.approx(curve.cost(AT))
    # Swapping classes turns the curve round.
    assert cost_curve(-x, 1 - y).cost(1 - AT) == pytest.approx(curve.cost(AT), abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.floats(0.02, 0.98), st.floats(0.1, 50), st.floats(0.1, 50))
def test_its_value_is_the_cost_of_the_best_threshold(seed: int, share: float, miss: float, alarm: float) -> None:
    rng = np.random.default_rng(seed)
    y = np.r_[0, 1, rng.integers(2, size=40)]
    x = rng.normal(y, 1.0)
    best = threshold_by_cost(x, y, [[0, alarm], [miss, 0]], [1 - share, share])
    at = probability_cost(share, miss, alarm)
    assert cost_curve(x, y).cost(at) * (share * miss + (1 - share) * alarm) == pytest.approx(best.cost)


def test_thresholds_from_validation_cost_what_they_cost_on_other_items() -> None:
    rng = np.random.default_rng(0)
    truth = [rng.integers(2, size=n) for n in (60, 4000)]
    scores = [rng.normal(y * 1.0, 1.0) for y in truth]
    chosen = cost_curve(scores[0], truth[0])
    tested = chosen.on(scores[1], truth[1])
    for threshold, miss, alarm in zip(tested.thresholds, tested.misses, tested.alarms, strict=True):
        said = scores[1] >= threshold
        assert (miss, alarm) == pytest.approx(((~said)[truth[1] == 1].mean(), said[truth[1] == 0].mean()))
    own = cost_curve(scores[1], truth[1])
    assert (tested.cost(AT) >= own.cost(AT) - 1e-12).all()
    assert chosen.on(scores[0], truth[0]).cost(AT) == pytest.approx(chosen.cost(AT))
    for far, miss in ((1e3, 0.0), (-1e3, 1.0)):
        drifted = chosen.on(scores[1] + far, truth[1])
        inner = np.isfinite(drifted.thresholds)
        assert set(drifted.misses[inner]) == {miss}
        assert set(drifted.alarms[inner]) == {1.0 - miss}


def test_regions_are_exact_where_lines_cross_within_a_piece() -> None:
    one = CostCurve(np.array([0.0, 1.0]), np.array([0.5]), np.array([0.1]), np.array([0.4]))
    other = CostCurve(np.array([0.0, 0.5, 1.0]), np.array([0.6, 0.4]), np.array([0.4, 0.4]), np.array([0.2, 0.2]))
    found = regions(one, other)
    # .1 x + .4 (1 - x) = .4 x + .2 (1 - x) at x = .4
    assert [region.better for region in found] == ["second", "first"]
    assert found[0].high == pytest.approx(0.4)
    assert (found[0].low, found[-1].high) == (0.0, 1.0)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_regions_agree_with_the_curves_and_leave_no_gap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.r_[0, 1, rng.integers(2, size=30)]
    one, other = (cost_curve(np.round(rng.normal(y * 0.7, 1.0), 1), y) for _ in range(2))
    found = regions(one, other)
    assert [region.low for region in found[1:]] == [region.high for region in found[:-1]]
    for region in found:
        inside = np.linspace(region.low, region.high, 9)[1:-1]
        gap = one.cost(inside) - other.cost(inside)
        if region.better == "equal":
            assert np.abs(gap).max() < 1e-9
        else:
            assert (gap * (1 if region.better == "second" else -1) > -1e-9).all()


def _two_models(rng: np.random.Generator, n: int, better: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    y = np.r_[0, 1, (rng.random(n - 2) < 0.3).astype(int)]
    shared = rng.normal(0, 1, n)
    return y, y * 1.0 + shared + rng.normal(0, 0.5, n), y * (1.0 + better) + shared + rng.normal(0, 0.5, n)


def test_the_band_holds_everywhere_at_once_in_95_of_100() -> None:
    rng = np.random.default_rng(1)
    y, first, second = _two_models(rng, 300, 0.0)
    curves = cost_curve(first, y), cost_curve(second, y)
    y, first, second = _two_models(rng, 200_000, 0.0)
    truth = curves[1].on(second, y).cost(np.linspace(0, 1, 101)) - curves[0].on(first, y).cost(np.linspace(0, 1, 101))
    held = wrong = 0
    for _ in range(120):
        y, first, second = _two_models(rng, 250, 0.0)
        found = cost_curve_gap(curves, (first, second), y, draws=500)
        held += bool(((found.low <= truth + 0.002) & (found.high >= truth - 0.002)).all())
        wrong += any(truth[round(100 * a) : round(100 * b) + 1].max() > 0.002 for a, b in found.shown())
    assert held >= 108
    assert wrong <= 6


def test_a_better_model_is_shown_to_be_cheaper_where_it_is() -> None:
    rng = np.random.default_rng(2)
    y, first, second = _two_models(rng, 500, 1.0)
    curves = cost_curve(first, y), cost_curve(second, y)
    y, first, second = _two_models(rng, 1000, 1.0)
    found = cost_curve_gap(curves, (first, second), y, draws=1000)
    low, high = found.shown()[0]
    assert low < 0.3
    assert high > 0.7
    middle = 50
    assert found.gap[middle] == pytest.approx(
        curves[1].on(second, y).cost(0.5) - curves[0].on(first, y).cost(0.5), abs=1e-12
    )


def test_equal_models_are_not_shown_to_differ_and_copies_of_items_show_no_more() -> None:
    rng = np.random.default_rng(3)
    y, first, _ = _two_models(rng, 100, 0.0)
    curve = cost_curve(first, y)
    same = cost_curve_gap((curve, curve), (first, first), y, draws=500)
    assert same.shown() == ()
    assert (same.high > 0).all()
    y, first, second = _two_models(rng, 100, 0.3)
    curves = cost_curve(first, y), cost_curve(second, y)
    once = cost_curve_gap(curves, (first, second), y, draws=2000)
    tenfold = tuple(np.repeat(one, 10) for one in (first, second))
    often = cost_curve_gap(curves, tenfold, np.repeat(y, 10), np.repeat(np.arange(100), 10), draws=2000)
    assert often.gap == pytest.approx(once.gap)
    assert (often.high - often.low)[30:70] == pytest.approx((once.high - once.low)[30:70], rel=0.15)


def test_what_has_no_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="both classes"):
        cost_curve([1.0, 2.0], [1, 1])
    with pytest.raises(ValueError, match="from 0 to 1"):
        always_or_never().cost([1.2])
    with pytest.raises(ValueError, match="two groups"):
        cost_curve_gap((always_or_never(), always_or_never()), ([1.0, 2.0], [1.0, 2.0]), [0, 1], ["a", "a"])
