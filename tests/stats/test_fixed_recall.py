"""False alarms at a fixed recall: thresholds from validation, what they keep on other items, and zero events."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from shisaku.stats.fixed_recall import achieved, threshold_at_recall
from shisaku.stats.proportions import clopper_pearson, upper_bound
from shisaku.stats.zero_events import at_most, items_needed


def world(rng: np.random.Generator, n: int, share: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    y = np.r_[0, 1, (rng.random(n - 2) < share).astype(int)]
    return rng.normal(y * 1.5, 1.0), y


def test_ten_items_by_hand() -> None:
    x, y = np.arange(10.0), np.array([0, 0, 0, 1, 0, 1, 1, 0, 1, 1])
    four_fifths = threshold_at_recall(x, y, 0.8)
    assert (four_fifths.threshold, four_fifths.recall, four_fifths.alarms) == (5.0, 0.8, 0.2)
    assert (four_fifths.beyond, four_fifths.thin) == (1, True)
    every = threshold_at_recall(x, y, 1.0)
    assert (every.threshold, every.recall, every.alarms) == (3.0, 1.0, 0.4)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 1.0), st.integers(0, 2))
def test_thresholds_are_those_of_the_roc_curve_of_scikit_learn(seed: int, wanted: float, digits: int) -> None:
    x, y = world(np.random.default_rng(seed), 60)
    x = np.round(x, digits)
    fpr, tpr, cuts = roc_curve(y, x, drop_intermediate=False)
    found = threshold_at_recall(x, y, wanted)
    first = np.flatnonzero(tpr >= wanted - 1e-9)[0]
    assert found.recall == pytest.approx(tpr[first], abs=1e-12)
    # The highest threshold with that recall has the fewest alarms of all.
    assert found.alarms == pytest.approx(fpr[tpr >= wanted - 1e-9].min(), abs=1e-12)
    assert found.threshold == cuts[first]


@settings(deadline=None)
@given(st.integers(0, 10**6), st.floats(0.1, 0.99))
def test_a_rising_transform_and_the_order_of_items_do_not_matter(seed: int, wanted: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = world(rng, 50)
    order = rng.permutation(50)
    one, other = threshold_at_recall(x, y, wanted), threshold_at_recall(np.exp(x)[order], y[order], wanted)
    assert (one.recall, one.alarms, one.beyond) == (other.recall, other.alarms, other.beyond)
    assert other.threshold == pytest.approx(math.exp(one.threshold))


def test_half_of_the_thresholds_find_less_than_they_were_chosen_for() -> None:
    rng = np.random.default_rng(1)
    cuts = [threshold_at_recall(*world(rng, 300), 0.9).threshold for _ in range(1000)]
    short = sum(0.5 * math.erfc((cut - 1.5) / math.sqrt(2)) < 0.9 for cut in cuts)
    assert 400 < short < 600


def test_what_is_achieved_has_exact_intervals_and_a_miss_bound() -> None:
    x, y = np.r_[np.ones(30), np.zeros(100)], np.r_[np.ones(30, int), np.zeros(100, int)]
    found = achieved(x, y, 0.5)
    assert (found.recall.low, found.recall.high) == clopper_pearson(30, 30)
    assert (found.alarms.low, found.alarms.high) == clopper_pearson(0, 100)
    assert found.most_missed == pytest.approx(upper_bound(0, 30), abs=1e-12)
    assert found.most_missed == pytest.approx(0.095, abs=5e-4)
    grouped = achieved(x, y, 0.5, np.r_[np.arange(30) // 5, np.arange(100) // 5 + 6])
    assert grouped.recall.units == 6
    assert grouped.most_missed == pytest.approx(upper_bound(0, 6), abs=0.02)
    assert grouped.alarms.high > found.alarms.high


def test_intervals_of_achieved_recall_cover_with_groups() -> None:
    rng = np.random.default_rng(2)
    missed = bound = 0
    truth = 0.5 * math.erfc((0.6 - 1.5) / math.sqrt(2 * 1.5))
    for _ in range(100):
        group = np.repeat(np.arange(30), 6)
        y = np.tile([1, 1, 0, 0, 0, 0], 30)
        x = y * 1.5 + rng.normal(0, math.sqrt(0.5), 30)[group] + rng.normal(0, 1, 180)
        found = achieved(x, y, 0.6, group)
        missed += not found.recall.low <= truth <= found.recall.high
        bound += found.most_missed < 1 - truth
    assert missed <= 10  # nominal 5; more than 10 in one of a hundred runs
    assert bound <= 10


@pytest.mark.parametrize(("n", "known"), [(30, 0.0950), (59, 0.0495), (100, 0.0295), (299, 0.00997), (1000, 0.00299)])
def test_the_rule_of_three(n: int, known: float) -> None:
    found = at_most(0, n)
    assert found.bound == pytest.approx(known, abs=5e-5)
    assert found.bound == pytest.approx(1 - 0.05 ** (1 / n))
    assert items_needed(found.bound) == n


def test_zero_events_are_said_plainly() -> None:
    assert str(at_most(0, 299).said()) == "0 missed of 299: at most 1.00% are missed, with 95% confidence"
    assert items_needed(0.01) == 299
    assert items_needed(0.05, 0.9) == 45


def test_the_bound_holds_in_95_of_100() -> None:
    rng = np.random.default_rng(3)
    short = sum(at_most(int(events), 80).bound < 0.03 for events in rng.binomial(80, 0.03, 3000))
    assert short / 3000 <= 0.06


@pytest.mark.parametrize(
    "call",
    [
        lambda: threshold_at_recall([1.0, 2.0], [1, 1], 0.9),
        lambda: threshold_at_recall([1.0, 2.0], [0, 0], 0.9),
        lambda: threshold_at_recall([1.0, 2.0], [0, 1], 0.0),
        lambda: threshold_at_recall([1.0, 2.0], [0, 1], 1.1),
        lambda: achieved([1.0, 2.0], [0, 1], math.nan),
        lambda: achieved([1.0, math.nan], [0, 1], 0.5),
        lambda: achieved([1.0, 2.0], [0, 1], 0.5, ["a"]),
        lambda: achieved([1.0, 2.0], [0, 1], 0.5, level=0.4),
        lambda: at_most(1, 0),
        lambda: at_most(3, 2),
        lambda: items_needed(0.0),
    ],
)
def test_what_has_no_answer_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"needs|must be"):
        call()  # type: ignore[operator]
