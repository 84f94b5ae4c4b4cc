"""Thresholds that are learnt: what they promise holds for items that were not seen."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.stats.learnt_threshold import threshold_from_real, threshold_from_verdicts

SLOPE, MIDDLE = 3.0, -0.5


def verdicts(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Normal scores, and verdicts whose chance rises with them."""
    x = rng.normal(size=n)
    return x, rng.random(n) < 1.0 / (1.0 + np.exp(-SLOPE * (x - MIDDLE)))


WORLD = verdicts(np.random.default_rng(99), 200_000)


def precision_at(threshold: float) -> float:
    x, good = WORLD
    return float(good[x >= threshold].mean())


def test_of_real_items_the_stated_share_passes() -> None:
    rng = np.random.default_rng(0)
    passed, covered = [], 0
    for _ in range(2000):
        found = threshold_from_real(rng.exponential(size=99), 0.95)
        assert found.threshold is not None
        assert found.low is not None
        assert found.high is not None
        share = float(np.exp(-found.threshold))  # of an exponential, what passes
        passed.append(share)
        covered += found.low <= share <= found.high
    assert np.mean(passed) == pytest.approx(0.95, abs=0.003)
    assert covered / 2000 == pytest.approx(0.95, abs=0.02)


def test_too_few_real_items_give_no_threshold() -> None:
    found = threshold_from_real(np.arange(18.0), 0.95)
    assert (found.threshold, found.n, found.enough) == (None, 18, 19)
    assert threshold_from_real(np.arange(19.0), 0.95).threshold == 0.0
    assert threshold_from_real([], 0.95).threshold is None


def test_ties_pass_together() -> None:
    found = threshold_from_real(np.ones(50), 0.9)
    assert found.threshold == 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("how", "n"), [("logistic", 200), ("isotonic", 400), ("auto", 60)])
def test_the_interval_of_the_precision_covers_it(how: str, n: int) -> None:
    covers(how, n, times=120)


def test_the_interval_covers_the_precision_of_isotonic_thresholds() -> None:
    covers("isotonic", 300, times=40)


def covers(how: str, n: int, times: int) -> None:
    rng = np.random.default_rng(1)
    covered, tried, precisions = 0, 0, []
    for seed in range(times):
        found = threshold_from_verdicts(*verdicts(rng, n), 0.9, how=how, seed=seed)  # type: ignore[arg-type]
        if found.threshold is None or found.low is None or found.high is None:
            continue
        tried += 1
        truth = precision_at(found.threshold)
        precisions.append(truth)
        covered += found.low <= truth <= found.high
    assert tried >= 0.9 * times
    assert covered / tried >= 0.9
    assert np.mean(precisions) == pytest.approx(0.9, abs=0.03)


def test_a_score_that_says_nothing_gives_no_threshold() -> None:
    rng = np.random.default_rng(2)
    found = threshold_from_verdicts(rng.normal(size=300), rng.random(300) < 0.6, 0.95)
    assert found.threshold is None or (found.share or 0.0) < 0.95


def test_a_score_the_wrong_way_round_gives_none() -> None:
    x, good = verdicts(np.random.default_rng(3), 300)
    assert threshold_from_verdicts(-x, good, 0.9).threshold is None


def test_separable_verdicts_are_split_between() -> None:
    x = np.concatenate([np.linspace(0.0, 0.4, 40), np.linspace(0.6, 1.0, 40)])
    found = threshold_from_verdicts(x, x > 0.5, 0.95)
    assert 0.3 < (found.threshold or 0.0) <= 0.61
    assert (found.share or 0.0) > 0.85


def test_where_all_that_is_kept_is_good_enough_everything_passes() -> None:
    x = np.linspace(0.0, 1.0, 200)
    good = np.ones(200, dtype=bool)
    good[::30] = False
    found = threshold_from_verdicts(x, good, 0.9)
    assert found.threshold == 0.0


@pytest.mark.parametrize(("n", "bad"), [(20, 8), (100, 2), (0, 0)])
def test_too_few_verdicts_say_how_many_it_takes(n: int, bad: int) -> None:
    good = np.arange(n) >= bad
    found = threshold_from_verdicts(np.arange(float(n)), good)
    assert found.threshold is None
    assert found.enough >= 30


def test_groups_do_not_straddle_folds() -> None:
    # Every item five times: without groups each fold has seen its own items.
    x, good = verdicts(np.random.default_rng(4), 60)
    names = [str(i) for i in range(60)] * 5
    found = threshold_from_verdicts(np.tile(x, 5), np.tile(good, 5), groups=names, how="isotonic")
    assert found.n == 300
    assert found.kept % 5 == 0


@pytest.mark.parametrize("bad", [{"scores": [np.nan], "ok": [True]}, {"scores": [1.0, 2.0], "ok": [True]}])
def test_what_is_no_score_or_verdict_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="score"):
        threshold_from_verdicts(**bad)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="share"):
        threshold_from_real([1.0], 1.0)
