"""Paired correctness: p as statsmodels has them, an interval by Tango that agrees with its own tests and covers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar as reference

from shisaku.stats.mcnemar import PairedProportions, paired_proportions
from shisaku.stats.proportions import upper_bound

CASES = [(0, 0, 30), (0, 1, 30), (3, 9, 40), (7, 1, 21), (16, 6, 161), (12, 12, 24), (120, 170, 1000), (0, 9, 9)]


@pytest.mark.parametrize(("base", "new", "n"), CASES)
def test_exact_p_is_that_of_statsmodels(base: int, new: int, n: int) -> None:
    expected = reference([[0, base], [new, n - base - new]], exact=True).pvalue if base + new else 1.0
    assert PairedProportions(base, new, n).p_exact == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("base", "new", "n"), [case for case in CASES if case[0] + case[1] >= 10])
def test_mid_p_lies_between_the_exact_p_and_the_asymptotic_one(base: int, new: int, n: int) -> None:
    found = PairedProportions(base, new, n)
    asymptotic = reference([[0, base], [new, 0]], exact=False, correction=False).pvalue
    assert asymptotic - 0.01 <= found.p_mid <= found.p_exact


def test_worked_numbers() -> None:
    # Airway reactivity before and after transplantation, 7 and 1 of 21 discordant: exact p .070, mid-p .039, interval
    # of Tango -.517 to -.026 (Fagerland, Lydersen and Laake 2013 and 2014).
    found = PairedProportions(7, 1, 21)
    assert found.p_exact == pytest.approx(0.0703, abs=5e-5)
    assert found.p_mid == pytest.approx(0.0391, abs=5e-5)
    assert (found.low(0.025), found.high(0.025)) == pytest.approx((-0.517, -0.026), abs=5e-4)


@pytest.mark.parametrize(("base", "new", "n"), [(3, 9, 40), (7, 1, 21), (0, 4, 25), (120, 170, 1000)])
@pytest.mark.parametrize("margin", [-0.15, -0.02, 0.03, 0.2])
def test_the_score_is_that_of_the_likelihood_maximised_under_the_margin(
    base: int, new: int, n: int, margin: float
) -> None:
    def unlikely(share: float) -> float:  # `share`: of items right under the base model alone
        return -(
            new * np.log(share + margin) + base * np.log(share) + (n - base - new) * np.log(1 - 2 * share - margin)
        )

    low, high = max(0.0, -margin) + 1e-12, (1 - margin) / 2 - 1e-12
    share = minimize_scalar(unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    z = (new - base - n * margin) / np.sqrt(n * (2 * share + margin - margin**2))
    found = PairedProportions(base, new, n)
    assert found.p_above(margin) == pytest.approx(norm.sf(z), abs=1e-5)
    assert found.p_below(margin) == pytest.approx(norm.cdf(z), abs=1e-5)


@pytest.mark.parametrize(("base", "new", "n"), CASES)
@pytest.mark.parametrize("level", [0.005, 0.025, 0.2])
def test_bounds_and_p_can_not_disagree(base: int, new: int, n: int, level: float) -> None:
    found = PairedProportions(base, new, n)
    low, high = found.low(level), found.high(level)
    assert -1 <= low <= found.mean <= high <= 1
    for margin in (-0.99, *np.linspace(-0.9, 0.9, 37), low - 1e-6, low + 1e-6, high - 1e-6, high + 1e-6):
        assert (low > margin) == (found.p_above(margin) < level)
        assert (high < margin) == (found.p_below(margin) < level)


def test_no_discordant_item_is_no_proof_of_equality() -> None:
    found = PairedProportions(0, 0, 50)
    z2 = norm.isf(0.025) ** 2
    assert (found.low(0.025), found.high(0.025)) == pytest.approx((-z2 / (50 + z2), z2 / (50 + z2)), abs=1e-9)


def test_the_interval_covers_and_a_wald_interval_does_not() -> None:
    rng = np.random.default_rng(3)
    true, misses, wald_misses, worlds = 0.04, 0, 0, 2000
    for base, new, _ in rng.multinomial(30, [0.01, 0.05, 0.94], size=worlds):
        found = PairedProportions(int(base), int(new), 30)
        misses += not found.low(0.025) <= true <= found.high(0.025)
        se = np.sqrt((base + new) / 30 - found.mean**2) / np.sqrt(30)
        wald_misses += abs(found.mean - true) > 1.96 * se
    assert upper_bound(misses, worlds) <= 0.065
    assert wald_misses / worlds > 0.1


def test_counts_items_that_one_model_alone_gets_right() -> None:
    found = paired_proportions(np.array([True, True, False, False]), np.array([True, False, True, True]))
    assert (found.only_base, found.only_new, found.n, found.mean) == (1, 2, 4, 0.25)


@pytest.mark.parametrize(
    ("base", "new"), [([], []), ([True], [True, False]), ([0.9], [0.2]), ([[True]], [[False]]), ([1], [0])]
)
def test_refuses_what_is_not_correctness_of_the_same_items(base: list[object], new: list[object]) -> None:
    with pytest.raises(ValueError, match="truth values"):
        paired_proportions(np.array(base), np.array(new))


def test_refuses_more_discordant_items_than_items_and_levels_that_make_no_bound() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        PairedProportions(3, 4, 6)
    with pytest.raises(ValueError, match="level"):
        PairedProportions(3, 4, 10).low(0.6)
