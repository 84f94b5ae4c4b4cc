"""Levels, exact counts and power agree with worked numbers and with scipy and scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shisaku.stats.accuracy import accuracy, balanced_accuracy, codes_of, recalls
from shisaku.stats.holm import holm
from shisaku.stats.power import cluster_se, provable_distance, resplit_se, shift_needed, t_power
from shisaku.stats.proportions import clopper_pearson, mcnemar, upper_bound

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_holm_worked_example() -> None:
    # Sorted .005 < .05/4, .01 < .05/3, .03 > .05/2: the third and all after it fail at .05/2.
    found = holm([0.01, 0.04, 0.03, 0.005], 0.05)
    assert [one.rejected for one in found] == [True, False, False, True]
    assert [one.level for one in found] == pytest.approx([0.05 / 3, 0.025, 0.025, 0.0125])
    assert holm([], 0.05) == []


@given(p_values, st.floats(0.001, 0.2))
def test_holm_lies_between_bonferroni_and_no_correction(values: list[float], alpha: float) -> None:
    for p, one in zip(values, holm(values, alpha), strict=True):
        assert alpha / len(values) <= one.level <= alpha
        assert one.rejected == (p < one.level)  # so an interval at that level tells the same
        assert one.rejected or p >= alpha / len(values)


@given(p_values, st.data())
def test_holm_smaller_p_values_never_reject_less(values: list[float], data: st.DataObject) -> None:
    smaller = [data.draw(st.floats(0, p)) for p in values]
    before, after = holm(values, 0.05), holm(smaller, 0.05)
    assert all(b.rejected for a, b in zip(before, after, strict=True) if a.rejected)


@settings(deadline=None)
@given(st.integers(1, 300), st.data())
def test_clopper_pearson_agrees_with_scipy(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    theirs = stats.binomtest(hits, n).proportion_ci(0.95, method="exact")
    assert clopper_pearson(hits, n) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_upper_bound_worked_numbers() -> None:
    assert upper_bound(0, 30) == pytest.approx(0.095, abs=5e-4)
    assert upper_bound(0, 299) == pytest.approx(0.01, abs=5e-5)
    assert upper_bound(12, 400) <= 0.05 < upper_bound(13, 400)
    with pytest.raises(ValueError, match="hits"):
        clopper_pearson(3, 2)


def test_mcnemar_worked_numbers() -> None:
    assert mcnemar(1, 10) == pytest.approx(0.0117, abs=1e-4)
    assert mcnemar(2, 10) == pytest.approx(0.0386, abs=1e-4)
    assert mcnemar(0, 8) == pytest.approx(0.0078, abs=1e-4)
    assert mcnemar(0, 0) == 1.0


@pytest.mark.parametrize(("n", "effect"), [(3, 3.26), (5, 1.68), (10, 1.00), (20, 0.66), (50, 0.40)])
def test_smallest_effect_in_sd_units_is_that_of_the_table(n: int, effect: float) -> None:
    assert shift_needed(n - 1, 0.025) / math.sqrt(n) == pytest.approx(effect, abs=0.006)


@settings(deadline=None)
@given(st.integers(1, 200), st.sampled_from([0.025, 0.005]))
def test_power_at_the_shift_needed_is_the_power_asked(df: int, level: float) -> None:
    assert t_power(shift_needed(df, level), df, level) == pytest.approx(0.8, abs=1e-3)


def test_planned_standard_errors() -> None:
    assert resplit_se(0.05, 20, 40, 60) == pytest.approx(0.05 * math.sqrt(0.05 + 2 / 3))
    assert cluster_se(0.2, 50, 0.05, 20) == pytest.approx(math.sqrt(0.04 / 50 + 0.0025 / 20))
    assert provable_distance(0.1, 19, 0.025) == pytest.approx(0.1 * shift_needed(19, 0.025))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), min_size=1, max_size=60))
def test_accuracies_agree_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    from sklearn.metrics import accuracy_score, recall_score

    truth, predicted = np.array(pairs).T
    assert accuracy(truth, predicted) == pytest.approx(accuracy_score(truth, predicted))
    present = sorted(set(truth.tolist()))
    theirs = recall_score(truth, predicted, labels=present, average="macro", zero_division=0.0)
    assert balanced_accuracy(truth, predicted) == pytest.approx(theirs)
    assert np.isnan(recalls(truth, predicted, 6)[5])


def test_empty_tests_are_refused() -> None:
    for metric in (accuracy, balanced_accuracy):
        with pytest.raises(ValueError, match="at least one item"):
            metric([], [])
    assert codes_of(["b", "x"], ["a", "b"]).tolist() == [1, -1]
