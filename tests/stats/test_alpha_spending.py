"""Levels of rounds: they sum to alpha, and the chance of any false finding stays within it, shared data or not."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest
from scipy.stats import norm

from shisaku.stats.alpha_spending import Spending, spent
from shisaku.stats.proportions import clopper_pearson

KINDS: tuple[Spending, ...] = get_args(Spending)
WORLDS = 20_000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rounds", [1, 2, 5, 12])
def test_the_levels_are_positive_and_sum_to_alpha(kind: Spending, rounds: int) -> None:
    levels = [spent(k, rounds, 0.05, kind) for k in range(1, rounds + 1)]
    assert min(levels) > 0
    assert math.fsum(levels) == pytest.approx(0.05, abs=1e-14)


def test_worked_numbers() -> None:
    # Lan and DeMets 1983: 2 - 2 Phi(1.96 / sqrt(t)) for one-sided 0.05 is what each side of a two-sided 0.1 spends.
    for place, fraction in enumerate((0.25, 0.5, 0.75, 1.0), 1):
        spent_so_far = math.fsum(spent(k, 4, 0.1) for k in range(1, place + 1))
        assert spent_so_far == pytest.approx(2 * (2 - 2 * norm.cdf(norm.isf(0.025) / math.sqrt(fraction))), rel=1e-10)
    assert spent(1, 2, 0.05, "pocock") == pytest.approx(0.05 * math.log(1 + (math.e - 1) / 2), rel=1e-12)
    assert spent(3, 4, 0.05, "equal") == pytest.approx(0.0125)


def test_obrien_fleming_hardly_spends_early_and_pocock_does() -> None:
    assert spent(1, 5, 0.05) < 1e-4 < 0.01 < spent(5, 5, 0.05)
    assert spent(1, 5, 0.05, "pocock") > spent(5, 5, 0.05, "pocock")


def _scores(shared: str, rounds: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return z [worlds, rounds] without any effect: on fresh data, on all data so far, or on the same data."""
    fresh = np.random.default_rng(7).normal(size=(WORLDS, rounds))
    if shared == "fresh":
        return fresh
    if shared == "grown":
        return fresh.cumsum(axis=1) / np.sqrt(np.arange(1, rounds + 1))
    return np.repeat(fresh[:, :1], rounds, axis=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shared", ["fresh", "grown", "same"])
def test_the_chance_of_any_false_finding_stays_within_alpha(kind: Spending, shared: str) -> None:
    p = 2 * norm.sf(np.abs(_scores(shared, 5)))
    levels = np.array([spent(k, 5, 0.05, kind) for k in range(1, 6)])
    low, high = clopper_pearson(int((p < levels).any(axis=1).sum()), WORLDS, 0.99)
    assert low <= 0.05
    assert high <= 0.055


@pytest.mark.parametrize("shared", ["fresh", "grown"])
def test_a_full_alpha_in_every_round_is_found_out(shared: str) -> None:
    p = 2 * norm.sf(np.abs(_scores(shared, 5)))
    assert clopper_pearson(int((p < 0.05).any(axis=1).sum()), WORLDS, 0.99)[0] > 0.1


@pytest.mark.parametrize(
    ("round", "rounds", "alpha"), [(0, 3, 0.05), (4, 3, 0.05), (1, 0, 0.05), (1, 3, 0.0), (1, 3, 1.0)]
)
def test_refuses_rounds_and_alphas_that_are_none(round: int, rounds: int, alpha: float) -> None:
    with pytest.raises(ValueError, match="needs"):
        spent(round, rounds, alpha)


def test_refuses_an_unknown_kind() -> None:
    with pytest.raises(ValueError, match="linear"):
        spent(1, 2, 0.05, "linear")  # type: ignore[arg-type]
