"""Equivalence: as statsmodels tests it, never for want of data, and by the interval that decides."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.weightstats import ttost_paired

from shisaku.stats.estimate import DrawsEstimate, TEstimate
from shisaku.stats.mcnemar import PairedProportions
from shisaku.stats.proportions import upper_bound
from shisaku.stats.resplit import nadeau_bengio, paired_t
from shisaku.stats.tost import tost


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_statsmodels_on_independent_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    base, new = rng.normal(0.7, 0.05, 12), rng.normal(0.71, 0.05, 12)
    p, (_, p_low, _), (_, p_high, _) = ttost_paired(new, base, -0.03, 0.03)
    found = tost(paired_t(new - base), 0.03)
    assert (found.p, found.p_low, found.p_high) == pytest.approx((p, p_low, p_high), abs=1e-10)


def test_little_data_is_not_equality() -> None:
    few, many = np.array([0.04, -0.05, 0.02]), np.tile([0.04, -0.05, 0.02], 40)
    assert not tost(paired_t(few), 0.03).equivalent(0.05)
    assert tost(paired_t(many), 0.03).equivalent(0.05)


def test_a_planted_difference_at_the_margin_is_rarely_called_equal() -> None:
    rng = np.random.default_rng(1)
    worlds = 1000
    called = sum(tost(paired_t(rng.normal(0.02, 0.02, 15)), 0.02).equivalent(0.05) for _ in range(worlds))
    assert upper_bound(called, worlds) <= 0.07
    # Taking "not significant" for equality says so nearly always.
    assert sum(paired_t(rng.normal(0.02, 0.05, 15)).p_above(0.0) > 0.025 for _ in range(worlds)) > 0.5 * worlds


@pytest.mark.parametrize(
    "estimate",
    [
        TEstimate(0.004, 0.006, 9, "t"),
        nadeau_bengio([0.01, -0.01, 0.02, 0.0], 50, 100),
        DrawsEstimate(0.0, np.random.default_rng(0).normal(0, 0.008, 2000), 40, "draws"),
        PairedProportions(3, 4, 400),
    ],
)
def test_equal_exactly_when_the_interval_lies_within_the_margins(
    estimate: TEstimate | DrawsEstimate | PairedProportions,
) -> None:
    for delta in np.linspace(0.002, 0.08, 40):
        within = -delta < estimate.low(0.05) and estimate.high(0.05) < delta
        assert tost(estimate, float(delta)).equivalent(0.05) == within


@pytest.mark.parametrize("delta", [0.0, -0.1, math.inf, math.nan])
def test_refuses_a_margin_that_is_none(delta: float) -> None:
    with pytest.raises(ValueError, match="delta"):
        tost(TEstimate(0.0, 0.1, 9, "t"), delta)
