"""Intervals agree with scipy, with published worked numbers, and with their own tests."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shisaku.stats.clusters import Clustered, cluster_t, fixed_test_estimate, two_level_bootstrap
from shisaku.stats.estimate import DrawsEstimate, TEstimate
from shisaku.stats.resplit import nadeau_bengio, paired_t
from shisaku.stats.signflip import sign_flip

VALUES = [0.02, 0.04, 0.03, 0.05, 0.01, 0.03]
numbers = st.lists(st.floats(-1, 1, allow_nan=False), min_size=2, max_size=30)
levels = st.sampled_from([0.025, 0.0125, 0.005, 0.001, 0.05])


def test_paired_t_agrees_with_scipy() -> None:
    ours, theirs = paired_t(VALUES), stats.ttest_1samp(VALUES, 0.0, alternative="greater")
    assert ours.p_above(0.0) == pytest.approx(theirs.pvalue)
    two_sided = stats.ttest_1samp(VALUES, 0.0).confidence_interval(0.95)
    assert (ours.low(0.025), ours.high(0.025)) == pytest.approx(tuple(two_sided))


def test_nadeau_bengio_worked_example() -> None:
    found = nadeau_bengio(VALUES, n_test=40, n_train=60)
    # mean .03, s^2 = 2e-4, factor 1/6 + 2/3 = 5/6
    assert found.mean == pytest.approx(0.03)
    assert found.se == pytest.approx(math.sqrt(5 / 6 * 2e-4))
    assert found.df == 5
    assert found.low(0.025) == pytest.approx(0.03 - 2.570582 * math.sqrt(5 / 6 * 2e-4), rel=1e-6)


@given(numbers, st.floats(1, 500), st.floats(1, 500))
def test_nadeau_bengio_is_never_narrower_than_paired_t(values: list[float], n_test: float, n_train: float) -> None:
    assert nadeau_bengio(values, n_test, n_train).se >= paired_t(values).se


def test_equal_differences_on_few_items_are_no_proof_of_equality() -> None:
    found = nadeau_bengio([0.0] * 6, n_test=8, n_train=100, tested=48)
    assert found.se == pytest.approx(math.sqrt((1 / 6 + 0.08) / (48 * 8)))
    assert found.low(0.025) < -0.02 < 0.02 < found.high(0.025)
    assert nadeau_bengio(VALUES, 40, 60, tested=100).se == pytest.approx(math.sqrt(5 / 6 / 4000))
    assert nadeau_bengio([0.3, -0.3], 40, 60, tested=100) == nadeau_bengio([0.3, -0.3], 40, 60)
    for clusters in (20, 80):
        data = Clustered.of(np.zeros((4, clusters)), np.zeros(clusters), np.arange(clusters))
        same = fixed_test_estimate(data, np.random.default_rng(0), 200)
        assert same.high(0.025) == pytest.approx(-same.low(0.025))
        assert same.high(0.025) > 1 / clusters


@pytest.mark.parametrize("bad", [[], [0.1], [0.1, math.nan], [[0.1, 0.2]]])
def test_differences_that_make_no_interval_are_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="differences"):
        nadeau_bengio(bad, 10, 10)


def test_equal_differences_have_no_width_and_still_decide() -> None:
    found = paired_t([0.1] * 7)
    assert found.low(0.025) == found.high(0.025) == found.mean
    assert (found.p_above(0.05), found.p_above(0.1), found.p_below(0.2)) == (0.0, 1.0, 0.0)


@given(st.floats(-1, 1), st.floats(1e-4, 1), st.integers(1, 60), levels, st.floats(-1, 1))
def test_t_bounds_and_p_values_say_the_same(mean: float, se: float, df: int, level: float, margin: float) -> None:
    found = TEstimate(mean, se, df, "t")
    assert found.low(level) <= mean <= found.high(level)
    if abs(found.p_above(margin) - level) > 1e-9:
        assert (found.low(level) > margin) == (found.p_above(margin) < level)
    if abs(found.p_below(margin) - level) > 1e-9:
        assert (found.high(level) < margin) == (found.p_below(margin) < level)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(20, 400), levels, st.floats(-0.5, 0.5), st.floats(3, 200))
def test_bootstrap_bounds_and_p_values_say_the_same(seed: int, n: int, level: float, margin: float, df: float) -> None:
    draws = np.random.default_rng(seed).normal(0.1, 0.2, n).round(2)  # rounded: ties with the margin occur
    found = DrawsEstimate(0.1, draws, df, "draws")
    for edge in (margin, float(draws[0])):
        assert (found.low(level) > edge) == (found.p_above(edge) < level)
        assert (found.high(level) < edge) == (found.p_below(edge) < level)


def test_bootstrap_with_too_few_draws_for_a_level_has_no_end() -> None:
    found = DrawsEstimate(0.0, np.arange(10.0), 100, "draws")
    assert found.low(0.001) == -math.inf
    assert found.high(0.001) == math.inf


def test_cluster_t_of_single_items_is_the_t_test_of_items() -> None:
    gaps = np.random.default_rng(0).choice([-1.0, 0.0, 1.0], 30, p=[0.1, 0.6, 0.3])
    found = cluster_t(Clustered.of(gaps[None], np.zeros(30), np.arange(30)))
    theirs = stats.ttest_1samp(gaps, 0.0)
    assert found.mean == pytest.approx(gaps.mean())
    assert found.se == pytest.approx(gaps.std(ddof=1) / math.sqrt(30))
    assert 2 * found.p_above(0.0) == pytest.approx(theirs.pvalue)


def test_cluster_t_adds_the_variance_between_splits() -> None:
    rng = np.random.default_rng(1)
    items = rng.normal(0, 1, 20)
    splits = rng.normal(0, 1, 5)
    data = Clustered.of(items[None] + splits[:, None], np.zeros(20), np.arange(20))
    expected = items.var(ddof=1) / 20 + splits.var(ddof=1) / 5
    assert cluster_t(data).se ** 2 == pytest.approx(expected)


def test_copies_of_items_in_a_cluster_add_nothing() -> None:
    gaps = np.random.default_rng(2).normal(0, 1, 25)
    once = cluster_t(Clustered.of(gaps[None], np.zeros(25), np.arange(25)))
    often = cluster_t(Clustered.of(np.repeat(gaps, 4)[None], np.zeros(100), np.repeat(np.arange(25), 4)))
    assert often.se == pytest.approx(once.se)
    assert often.df == pytest.approx(once.df)


def test_balanced_effect_is_the_mean_of_class_effects() -> None:
    gaps = np.array([[1.0, 1.0, 1.0, 1.0, 0.0, 0.0]])
    found = cluster_t(Clustered.of(gaps, np.array([0, 0, 0, 0, 1, 1]), np.arange(6)))
    assert found.mean == pytest.approx(0.5)
    assert found.se == pytest.approx(1 / 6)  # no spread within classes: one of six items may still change sides
    assert found.df == 4  # six clusters, two class means


def test_speakers_that_say_every_letter_are_the_units() -> None:
    rng = np.random.default_rng(3)
    speaker = rng.normal(0.1, 0.05, 4)
    data = Clustered.of(np.repeat(speaker, 26)[None], np.tile(np.arange(26), 4), np.repeat(np.arange(4), 26))
    assert cluster_t(data).se == pytest.approx(speaker.std(ddof=1) / 2)
    assert cluster_t(data).df == 3


def test_bootstrap_spread_is_that_of_the_formula() -> None:
    rng = np.random.default_rng(4)
    gaps = rng.normal(0.05, 1, (8, 120)) * 0.2 + rng.normal(0, 0.3, 120) + rng.normal(0, 0.05, (8, 1))
    data = Clustered.of(gaps, np.arange(120) % 3, np.arange(120))
    boot = two_level_bootstrap(data, np.random.default_rng(0))
    assert float(np.std(boot.draws)) == pytest.approx(cluster_t(data).se, rel=0.06)
    assert boot.mean == pytest.approx(float(data.per_split().mean()))


def test_merging_alike_clusters_changes_no_distribution() -> None:
    gaps = np.repeat([1.0, 0.0, -1.0], [30, 60, 10])[None]
    boot = two_level_bootstrap(Clustered.of(gaps, np.zeros(100), np.arange(100)), np.random.default_rng(0))
    rng = np.random.default_rng(1)
    plain = np.array([rng.choice(gaps[0], 99).mean() for _ in range(10_000)])
    assert boot.draws.std() == pytest.approx(plain.std(), rel=0.05)
    for level in (0.025, 0.5, 0.975):
        assert np.quantile(boot.draws, level) == pytest.approx(np.quantile(plain, level), abs=0.0102)


def test_fewer_than_fifty_clusters_use_t() -> None:
    rng = np.random.default_rng(5)
    for clusters, method in ((49, "cluster_t"), (50, "two_level_bootstrap")):
        data = Clustered.of(rng.normal(size=(3, clusters)), np.zeros(clusters), np.arange(clusters))
        assert fixed_test_estimate(data, rng, 200).method == method


def test_a_level_that_draws_cannot_reach_uses_t() -> None:
    rng = np.random.default_rng(6)
    data = Clustered.of(rng.normal(size=(6, 60)), np.zeros(60), np.arange(60))
    for level, method in ((0.025, "two_level_bootstrap"), (1e-4, "cluster_t")):
        found = fixed_test_estimate(data, rng, 200, level)
        assert found.method == method
        assert np.isfinite(found.low(level))


def test_one_cluster_is_refused() -> None:
    with pytest.raises(ValueError, match="two clusters"):
        Clustered.of(np.ones((1, 3)), np.zeros(3), np.zeros(3))


def test_sign_flip_agrees_with_scipy_and_counts_exactly() -> None:
    rng = np.random.default_rng(6)
    values = rng.normal(0.3, 1, 9)
    theirs = stats.permutation_test((values,), np.mean, permutation_type="samples", alternative="greater")
    assert sign_flip(values, rng) == pytest.approx(theirs.pvalue)
    assert sign_flip([0.1] * 5, rng) == 1 / 32  # five seeds can never reach 0.025
    assert sign_flip([0.1] * 6, rng) == 1 / 64
    assert sign_flip([0.1] * 6, rng, margin=0.1) == 1.0
    many = rng.normal(0.2, 1, 60)
    assert sign_flip(many, rng) == pytest.approx(stats.ttest_1samp(many, 0, alternative="greater").pvalue, abs=0.02)


def test_intervals_cover_what_they_promise() -> None:
    """Independent differences (t), and few or many clusters seen by few splits: 95 % within simulation error."""
    rng, worlds = np.random.default_rng(7), 600
    hit = {"t": 0, "cluster": 0, "bootstrap": 0}
    for _ in range(worlds):
        plain = paired_t(rng.standard_t(4, 8))
        hit["t"] += plain.low(0.025) <= 0 <= plain.high(0.025)
        for name, clusters in (("cluster", 16), ("bootstrap", 60)):
            gaps = (
                np.repeat(rng.normal(size=clusters), 2)
                + rng.normal(0, 0.4, (6, 1))
                + rng.normal(size=(6, 2 * clusters))
            )
            data = Clustered.of(gaps, np.zeros(2 * clusters), np.repeat(np.arange(clusters), 2))
            found = fixed_test_estimate(data, rng, 999)
            hit[name] += found.low(0.025) <= 0 <= found.high(0.025)
    shares = {name: count / worlds for name, count in hit.items()}
    assert all(share >= 0.93 for share in shares.values()), shares
    assert all(share <= 0.99 for share in shares.values()), shares
