"""Variance parts: F as scipy has it, exact intervals, and negative components that are admitted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f as f_distribution
from scipy.stats import f_oneway

from shisaku.stats.proportions import clopper_pearson
from shisaku.stats.variance_parts import variance_parts


def _scores(rng: np.random.Generator, splits: int, inits: int, split: float, init: float) -> np.ndarray:
    return 0.7 + split * rng.normal(size=(splits, 1)) + init * rng.normal(size=(splits, inits))


@pytest.mark.parametrize("shape", [(2, 2), (5, 3), (10, 5), (3, 20)])
def test_f_and_p_are_those_of_scipy(shape: tuple[int, int]) -> None:
    values = _scores(np.random.default_rng(sum(shape)), *shape, 0.02, 0.03)
    expected = f_oneway(*values)
    found = variance_parts(values)
    assert (found.f, found.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-10)


def test_a_worked_table() -> None:
    # Means 2, 4, 9; MSA = 2 * 13 = 26, MSE = 2, so split = 12 and init = 2.
    found = variance_parts([[1, 3], [3, 5], [8, 10]])
    assert (found.split, found.init, found.share, found.f) == pytest.approx((12.0, 2.0, 12 / 14, 13.0))
    assert not found.truncated


@pytest.mark.parametrize(("split", "init"), [(0.03, 0.01), (0.01, 0.01), (0.005, 0.02), (0.0, 0.01)])
def test_the_interval_of_the_share_covers_it_as_often_as_it_says(split: float, init: float) -> None:
    rng = np.random.default_rng(5)
    true, worlds = split**2 / (split**2 + init**2), 1000
    hits = 0
    for _ in range(worlds):
        low, high = variance_parts(_scores(rng, 8, 4, split, init)).interval
        hits += low <= true <= high
    low, high = clopper_pearson(hits, worlds, 0.99)
    assert high >= 0.95
    assert low <= 0.95 or split == 0  # at 0 the lower end is cut off there, so only the upper one can miss


def test_at_an_end_of_the_interval_what_was_seen_has_just_its_tail() -> None:
    found = variance_parts(_scores(np.random.default_rng(4), 6, 5, 0.02, 0.01), level=0.9)
    low, high = (5 * end / (1 - end) + 1 for end in found.interval)  # E(MSA) / E(MSE) if that is the share
    assert f_distribution.sf(found.f / low, 5, 24) == pytest.approx(0.05)
    assert f_distribution.cdf(found.f / high, 5, 24) == pytest.approx(0.05)


def test_a_planted_split_effect_is_found_and_its_absence_is() -> None:
    rng = np.random.default_rng(2)
    planted = variance_parts(_scores(rng, 10, 5, 0.05, 0.01))
    assert planted.p < 1e-6
    assert planted.interval[0] > 0.5
    absent = variance_parts(_scores(rng, 10, 5, 0.0, 0.01))
    assert absent.interval[0] == 0.0
    assert absent.share is not None
    assert absent.share < 0.5


def test_a_negative_component_is_cut_off_and_said() -> None:
    found = variance_parts([[1.0, 5.0, 3.0], [5.0, 1.0, 3.1], [3.0, 2.9, 3.0]])
    assert found.truncated
    assert (found.split, found.share) == (0.0, 0.0)
    assert found.interval[0] == 0.0
    assert found.init > 0


def test_a_learner_without_a_seed_leaves_all_to_the_split() -> None:
    found = variance_parts([[0.1, 0.1], [0.7, 0.7], [0.2, 0.2]])
    assert (found.share, found.interval, found.init, found.p) == (1.0, (1.0, 1.0), 0.0, 0.0)


def test_scores_that_never_vary_have_no_share() -> None:
    found = variance_parts(np.full((4, 3), 0.1))
    assert (found.share, found.interval, found.p) == (None, (0.0, 1.0), 1.0)


@pytest.mark.parametrize("values", [[[1.0, 2.0]], [[1.0], [2.0]], [1.0, 2.0], [[1.0, np.nan], [2.0, 3.0]], []])
def test_refuses_tables_without_two_levels(values: list[object]) -> None:
    with pytest.raises(ValueError, match=r"scores"):
        variance_parts(values)  # type: ignore[arg-type]
