"""Distances of sets against written-out formulas and the packages that define them."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from scipy.linalg import sqrtm
from sklearn.metrics import pairwise_distances, roc_auc_score
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel

from shisaku.stats.frechet import Moments, frechet, frechet_of
from shisaku.stats.kernel_distance import (
    cubic,
    kernel_sums,
    median_distance,
    quadratic_forms,
    rbf,
    unbiased_mmd,
)
from shisaku.stats.prdc import prdc
from shisaku.stats.two_sample import drawn_entities, p_of, parts_of, permuted_sides, rank_areas
from shisaku.stats.vendi import vendi

RNG = np.random.default_rng(3)
REAL, MADE = RNG.normal(size=(2300, 12)), RNG.normal(size=(2300, 12)) * 1.1 + 0.2


def test_frechet_is_the_formula() -> None:
    a, b = np.cov(REAL, rowvar=False), np.cov(MADE, rowvar=False)
    apart = REAL.mean(0) - MADE.mean(0)
    wanted = apart @ apart + np.trace(a + b - 2 * np.real(sqrtm(a @ b)))
    assert frechet(Moments.of(REAL), Moments.of(MADE)) == pytest.approx(wanted, abs=1e-9)


def test_frechet_of_normal_sets_is_what_it_is_in_the_limit() -> None:
    rng = np.random.default_rng(0)
    parts = np.arange(3000) % 10
    for shift, wanted in ((0.0, 0.0), (0.1, 20 * 0.01)):
        found = frechet_of(rng.normal(size=(3000, 20)), rng.normal(size=(3000, 20)) + shift, (parts, parts))
        assert found.value > found.limit  # the bias is upward
        assert abs(found.limit - wanted) < 3 * found.error + 0.01


def test_kid_is_the_formula_over_a_reference_kernel() -> None:
    x, y = REAL[:150], MADE[:130]
    gram = {"degree": 3, "gamma": 1 / x.shape[1], "coef0": 1}
    own = [polynomial_kernel(one, **gram) for one in (x, y)]
    means = [(held.sum() - np.trace(held)) / (len(held) * (len(held) - 1)) for held in own]
    wanted = sum(means) - 2 * polynomial_kernel(x, y, **gram).mean()
    assert unbiased_mmd(x, y) == pytest.approx(wanted, abs=1e-10)


def test_mmd_by_blocks_is_the_whole_matrix() -> None:
    rows = np.concatenate([REAL[:1200], MADE[:1100]])
    weights = RNG.normal(size=(len(rows), 3)) / len(rows)
    whole = rbf_kernel(rows, gamma=1 / (2 * 1.7**2))
    forms, first = quadratic_forms(rows, weights, rbf(1.7))
    np.testing.assert_allclose(forms, np.einsum("ip,ij,jp->p", weights, whole, weights, optimize=True), atol=1e-10)
    np.testing.assert_allclose(first, whole @ weights[:, 0], atol=1e-10)
    np.testing.assert_allclose(kernel_sums(rows, weights, rbf(1.7)), whole @ weights, atol=1e-10)


def test_the_median_distance_is_that_of_all_pairs() -> None:
    some = REAL[:300]
    pairs = pairwise_distances(some)[np.triu_indices(300, 1)]
    assert median_distance(some, np.random.default_rng(0)) == pytest.approx(np.median(pairs))
    assert median_distance(np.ones((5, 2)), np.random.default_rng(0)) == 0.0


@pytest.mark.parametrize("k", [1, 5])
def test_prdc_is_that_of_whole_matrices(k: int) -> None:
    real, made = REAL[:1300], MADE[:1300]
    own, of_made, apart = pairwise_distances(real), pairwise_distances(made), pairwise_distances(real, made)
    reach, made_reach = (np.sort(one, axis=1)[:, k] for one in (own, of_made))
    inside = apart < reach[:, None]
    found = prdc(real, made, k)
    np.testing.assert_array_equal(found.balls, inside.sum(axis=0))
    np.testing.assert_array_equal(found.covered, inside.any(axis=1))
    np.testing.assert_array_equal(found.recalled, (apart < made_reach).any(axis=1))


def test_prdc_is_that_of_the_package() -> None:
    package = import_module("prdc")
    wanted = package.compute_prdc(REAL[:900], MADE[:900], 5)
    found = prdc(REAL[:900], MADE[:900], 5)
    assert found.balls.mean() / 5 == pytest.approx(wanted["density"], abs=1e-6)
    assert (found.balls > 0).mean() == pytest.approx(wanted["precision"], abs=1e-6)
    assert found.recalled.mean() == pytest.approx(wanted["recall"], abs=1e-6)
    assert found.covered.mean() == pytest.approx(wanted["coverage"], abs=1e-6)


def test_two_halves_of_one_source_have_the_figures_of_theory() -> None:
    found = prdc(REAL[:1000], REAL[1000:2000], 5)
    assert found.balls.mean() / 5 == pytest.approx(1.0, abs=0.1)
    assert found.covered.mean() == pytest.approx(1 - 2**-5, abs=0.03)


def test_prdc_refuses_fewer_rows_than_neighbours() -> None:
    with pytest.raises(ValueError, match="k must be"):
        prdc(REAL[:5], MADE[:5], 5)


def test_vendi_is_that_of_the_whole_kernel() -> None:
    rows = REAL[:200]
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    values = np.linalg.eigvalsh(unit @ unit.T / len(unit))
    values = values[values > 0]
    assert vendi(rows) == pytest.approx(np.exp(-(values * np.log(values)).sum()), abs=1e-6)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_vendi_is_that_of_the_package() -> None:
    package = import_module("vendi_score.vendi")
    unit = REAL[:300] / np.linalg.norm(REAL[:300], axis=1, keepdims=True)
    assert vendi(unit) == pytest.approx(package.score_dual(unit), abs=1e-6)
    assert vendi(unit) == pytest.approx(package.score_K(unit @ unit.T), abs=1e-6)


def test_permutations_keep_entities_whole() -> None:
    made = np.array([0, 0, 0, 1, 1, 1, 1, 0, 1, 1], bool)
    entities = np.array([0, 0, 1, 2, 2, 3, 4, 4, 4, 5])  # entity 4 lies on both sides
    drawn = permuted_sides(made, entities, np.random.default_rng(0), 400)
    assert (drawn[:, 0] == drawn[:, 1]).all()
    assert (drawn[:, 3] == drawn[:, 4]).all()
    assert (drawn[:, 6:9].sum(axis=1) == 2).all()
    assert {tuple(row) for row in drawn[:, 6:9].tolist()} == {
        (True, True, False),
        (True, False, True),
        (False, True, True),
    }
    assert 0 < drawn[:, 2].mean() < 1


def test_permutations_stay_within_strata() -> None:
    made = np.array([0, 1, 0, 1, 1, 1], bool)
    strata = np.array([0, 0, 1, 1, 1, 1])
    drawn = permuted_sides(made, np.arange(6), np.random.default_rng(0), 100, strata)
    assert (drawn[:, :2].sum(axis=1) == 1).all()
    assert (drawn[:, 2:].sum(axis=1) == 3).all()


def test_areas_by_ranks_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    scores, sides = rng.integers(0, 6, 60), rng.random((5, 60)) < 0.4
    wanted = [roc_auc_score(side, scores) for side in sides]
    np.testing.assert_allclose(rank_areas(scores, sides), wanted)


def test_p_counts_itself() -> None:
    assert p_of(1.0, np.zeros(199)) == pytest.approx(1 / 200)
    assert p_of(0.0, np.zeros(199)) == 1.0


def test_the_permutation_test_keeps_its_level_with_copies() -> None:
    """Five near copies of each made item: items permuted one by one would call nearly every such set different."""
    rejected = {"by entity": 0, "one by one": 0}
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rows = np.concatenate([rng.normal(size=(50, 4)), np.repeat(rng.normal(size=(10, 4)), 5, axis=0)])
        made = np.arange(100) >= 50
        entities = np.concatenate([np.arange(50), 50 + np.repeat(np.arange(10), 5)])
        for name, units in (("by entity", entities), ("one by one", np.arange(100))):
            signs = np.concatenate([made[None], permuted_sides(made, units, rng, 99)]).T
            counts = signs.sum(axis=0)
            forms, _ = quadratic_forms(rows, np.where(signs, 1 / counts, -1 / (100 - counts)), rbf(2.0))
            rejected[name] += p_of(forms[0], forms[1:]) < 0.05
    assert rejected["by entity"] <= 5
    assert rejected["one by one"] >= 10


def test_parts_and_draws_keep_entities_together() -> None:
    entities = np.repeat(np.arange(40), np.arange(40) % 4 + 1)
    parts = parts_of(entities, 10, np.random.default_rng(0))
    assert all(len(set(parts[entities == one])) == 1 for one in range(40))
    assert np.ptp(np.bincount(parts)) <= 1
    taken = drawn_entities(entities, 30, np.random.default_rng(0))
    assert len(set(taken.tolist())) == 30
    whole = [one for one in range(40) if np.isin(np.flatnonzero(entities == one), taken).sum() > 0]
    assert len(whole) < 25  # singly drawn items would come from nearly all of them


def test_float32_is_near_float64() -> None:
    assert unbiased_mmd(REAL[:200].astype(np.float32), MADE[:200].astype(np.float32), cubic) == pytest.approx(
        unbiased_mmd(REAL[:200], MADE[:200]), abs=1e-4
    )
