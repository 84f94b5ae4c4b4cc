"""Giving only the surest answers: the curve by hand, its interval, and coverage with a guaranteed risk."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shisaku.stats.proportions import upper_bound
from shisaku.stats.risk_coverage import area_interval, risk_coverage
from shisaku.stats.safe_coverage import safe_coverage


def test_four_answers_by_hand() -> None:
    found = risk_coverage([0, 1, 0, 1], [0.9, 0.8, 0.7, 0.6])
    assert found.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert found.risk == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert found.area == pytest.approx((1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert found.best == pytest.approx((1 / 3 + 1 / 2) / 4)
    assert found.excess == pytest.approx(1 / 8)
    assert (found.at(0.5), found.at(0.6), found.at(1.0)) == pytest.approx((1 / 2, 1 / 3, 1 / 2))


def test_a_perfect_order_has_no_excess_and_reaches_the_known_limit() -> None:
    wrong = np.r_[np.zeros(8000), np.ones(2000)]
    found = risk_coverage(wrong, -np.arange(10_000.0))
    assert found.excess == 0.0
    assert found.best == pytest.approx(0.2 + 0.8 * math.log(0.8), abs=1e-4)
    backwards = risk_coverage(wrong, np.arange(10_000.0))
    assert backwards.area > 0.2


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_answers_of_equal_confidence_are_taken_in_a_random_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    loss, sure = rng.integers(0, 5, 30).astype(float), rng.integers(0, 4, 30).astype(float)
    found = risk_coverage(loss, sure)
    areas = [risk_coverage(loss, sure + 1e-6 * rng.random(30)).area for _ in range(100)]
    assert found.area == pytest.approx(np.mean(areas), abs=5 * np.std(areas) / 10 + 1e-9)
    assert risk_coverage(loss, np.ones(30)).area == pytest.approx(loss.mean())


@given(st.integers(0, 10**6), st.floats(0.1, 100))
def test_order_unit_and_rising_transforms_do_not_matter(seed: int, unit: float) -> None:
    rng = np.random.default_rng(seed)
    loss, sure = rng.integers(0, 3, 20).astype(float), np.round(rng.random(20), 1)
    order = rng.permutation(20)
    one, other = risk_coverage(loss, sure), risk_coverage(loss[order] * unit, np.exp(sure[order]))
    assert other.risk == pytest.approx(one.risk * unit)
    assert (other.area, other.best) == pytest.approx((one.area * unit, one.best * unit))
    assert one.excess >= -1e-12
    assert risk_coverage(loss * 0, sure).area == 0.0


def _answers(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Errors whose chance falls from 1/2 to 0 as the confidence rises from 0 to 1."""
    sure = rng.random(n)
    return rng.random(n) < 0.5 * (1 - sure), sure


def test_the_interval_of_the_area_covers() -> None:
    rng = np.random.default_rng(0)
    truth = risk_coverage(*_answers(rng, 400_000)).area
    held = 0
    for _ in range(200):
        low, high = area_interval(*_answers(rng, 200)).interval()
        held += low <= truth <= high
    assert 180 <= held <= 199


def test_the_interval_of_the_excess_takes_groups_whole() -> None:
    wrong, sure = _answers(np.random.default_rng(1), 100)
    found = area_interval(wrong, sure, excess=True)
    assert found.value == pytest.approx(risk_coverage(wrong, sure).excess)
    copies = area_interval(np.repeat(wrong, 4), np.repeat(sure, 4), np.repeat(np.arange(100), 4))
    alone = area_interval(np.repeat(wrong, 4), np.repeat(sure, 4))
    assert copies.se > 1.4 * alone.se


def test_a_coverage_that_is_promised_is_kept_in_95_of_100_and_grows_with_the_items() -> None:
    rng = np.random.default_rng(2)
    # Errors among answers surer than c: the mean of (1 - s) / 2 for s from c to 1. At most 12 % are those of 48 %.
    covered = {}
    for n in (300, 1000, 3000):
        found = [safe_coverage(*_answers(rng, n), target=0.12) for _ in range(120)]
        broken = sum(one.threshold is not None and (1 - one.threshold) / 4 > 0.12 for one in found)
        assert broken <= 11  # nominal 6 at the most
        covered[n] = np.mean([one.coverage for one in found])
    assert covered[300] < covered[1000] < covered[3000] < 0.48
    assert covered[3000] > 0.28


def test_a_promise_at_the_edge_is_broken_no_more_often_than_it_may_be() -> None:
    # All answers are alike and wrong at just above the target: any coverage at all is a broken promise.
    rng = np.random.default_rng(6)
    broken = sum(safe_coverage(rng.random(400) < 0.101, rng.random(400), 0.1).threshold is not None for _ in range(400))
    assert 1 <= broken <= 30  # nominal 20 at the most


def test_promises_are_kept_with_groups_where_they_are_not_without() -> None:
    # The twenty answers of a group are right or wrong together, and 21 % are wrong whatever the confidence.
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(20), 20)
    plain = grouped = 0
    for _ in range(50):
        wrong, sure = np.repeat(rng.random(20) < 0.21, 20), rng.random(400)
        plain += safe_coverage(wrong, sure, 0.2).threshold is not None
        grouped += safe_coverage(wrong, sure, 0.2, group).threshold is not None
    assert plain > 8
    assert grouped <= 5


def test_nothing_wrong_covers_everything_if_there_are_enough_answers() -> None:
    sure = np.random.default_rng(4).random(400)
    found = safe_coverage(np.zeros(400, bool), sure, 0.02)
    assert (found.coverage, found.risk, found.threshold) == (1.0, 0.0, sure.min())
    assert found.bound == pytest.approx(upper_bound(0, 400, 1 - 0.05 / 10))
    few = safe_coverage(np.zeros(40, bool), sure[:40], 0.02)
    assert (few.threshold, few.coverage) == (None, 0.0)
    assert few.bound > 0.02


def test_a_rising_transform_keeps_the_same_answers() -> None:
    wrong, sure = _answers(np.random.default_rng(5), 400)
    one, other = safe_coverage(wrong, sure, 0.15), safe_coverage(wrong[::-1], np.exp(sure[::-1]), 0.15)
    assert (one.coverage, one.bound) == (other.coverage, other.bound)
    assert one.threshold is not None
    assert other.threshold == pytest.approx(math.exp(one.threshold))


@pytest.mark.parametrize(
    "call",
    [
        lambda: risk_coverage([], []),
        lambda: risk_coverage([-1.0], [0.5]),
        lambda: risk_coverage([1.0], [math.nan]),
        lambda: risk_coverage([1.0, 0.0], [0.5]),
        lambda: risk_coverage([1.0], [0.5]).at(0.0),
        lambda: area_interval([1.0, 0.0], [0.5, 0.6], ["a", "a"]),
        lambda: safe_coverage([True], [0.5, 0.6], 0.1),
        lambda: safe_coverage([True], [math.nan], 0.1),
        lambda: safe_coverage([True], [0.5], 0.0),
        lambda: safe_coverage([True], [0.5], 0.1, ["a", "b"]),
    ],
)
def test_what_has_no_curve_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"needs|must be"):
        call()  # type: ignore[operator]
