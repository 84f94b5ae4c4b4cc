"""Calibration: proper scores agree with scikit-learn, right probabilities are not accused, wrong ones are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss

from shisaku.stats.calibration_error import calibration_error, equal_bins, top_answers
from shisaku.stats.proper_scores import item_scores, mean_score
from shisaku.stats.reliability import reliability
from shisaku.stats.temperature import fit_temperature


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 5))
def test_proper_scores_are_those_of_scikit_learn(seed: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    rows, y = rng.dirichlet(np.ones(classes), 40), rng.integers(classes, size=40)
    labels = list(range(classes))
    assert abs(item_scores(rows, y, "log_loss").mean() - log_loss(y, rows, labels=labels)) < 1e-12
    theirs = brier_score_loss(y, rows, labels=labels, scale_by_half=False)
    assert abs(item_scores(rows, y, "brier").mean() - theirs) < 1e-12
    if classes == 2:
        theirs = brier_score_loss(y, rows[:, 1], pos_label=1, labels=labels)
        assert abs(item_scores(rows, y, "brier_of_positive").mean() - theirs) < 1e-12


def test_three_items_by_hand() -> None:
    rows, y = [[0.8, 0.2], [0.4, 0.6], [1.0, 0.0]], [0, 0, 1]
    assert item_scores(rows, y, "brier") == pytest.approx([0.08, 0.72, 2.0])
    assert item_scores(rows, y, "brier_of_positive") == pytest.approx([0.04, 0.36, 1.0])
    assert item_scores(rows, y, "log_loss") == pytest.approx([-np.log(0.8), -np.log(0.4), 36.04365], abs=1e-5)


def test_no_other_probabilities_have_a_better_score_than_the_true_ones() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), 20_000)
    y = (p.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    bent = p**2 / (p**2).sum(axis=1, keepdims=True)
    for score in ("brier", "log_loss"):
        right, wrong = item_scores(p, y, score), item_scores(bent, y, score)  # type: ignore[arg-type]
        assert (wrong - right).mean() > 5 * (wrong - right).std() / 20_000**0.5


def test_the_interval_of_a_mean_score_takes_groups_as_units() -> None:
    rng = np.random.default_rng(1)
    rows, y = rng.dirichlet([1, 1], 40), rng.integers(2, size=40)
    once = mean_score(rows, y, "brier")
    often = mean_score(np.repeat(rows, 5, axis=0), np.repeat(y, 5), "brier", np.repeat(np.arange(40), 5))
    assert (often.mean, often.se) == pytest.approx((once.mean, once.se))
    items = item_scores(rows, y, "brier")
    assert once.se == pytest.approx(items.std(ddof=1) / 40**0.5)


def test_bins_hold_equal_counts_and_equal_probabilities() -> None:
    p = np.random.default_rng(2).random(600)
    assert np.bincount(equal_bins(p, 15)).tolist() == [40] * 15
    assert np.bincount(equal_bins(p[:45], 15)).tolist() == [11, 11, 12, 11]
    few = np.repeat([0.1, 0.5, 0.9], [500, 20, 80])
    assert [set(few[equal_bins(few, 15) == k]) for k in range(3)] == [{0.1}, {0.5}, {0.9}]
    assert equal_bins(np.full(30, 0.5)).tolist() == [0] * 30


def test_two_bins_by_hand() -> None:
    p = np.repeat([0.2, 0.7], [10, 10])
    y = np.r_[np.ones(4), np.zeros(6), np.ones(6), np.zeros(4)]
    found = calibration_error(p, y, draws=200)
    assert (found.bins, found.n) == (2, 20)
    assert found.ece == pytest.approx((0.2 + 0.1) / 2)
    parts = [0.2**2 - 0.4 * 0.6 / 9, 0.1**2 - 0.6 * 0.4 / 9]
    assert found.squared == pytest.approx(np.mean(parts))
    assert found.root == 0.0 if found.squared < 0 else found.squared**0.5


def test_right_probabilities_have_an_error_too_and_are_not_accused_of_it() -> None:
    rng = np.random.default_rng(3)
    accused, eces, chances, squares = 0, [], [], []
    for _ in range(300):
        p = rng.beta(1, 1, 200)
        found = calibration_error(p, rng.random(200) < p, draws=300)
        accused += found.p < 0.05
        eces.append(found.ece)
        chances.append(found.by_chance)
        squares.append(found.squared)
    assert 3 <= accused <= 27  # nominal 15
    assert np.mean(eces) > 0.06
    assert np.mean(eces) == pytest.approx(np.mean(chances), abs=0.004)
    assert abs(np.mean(squares)) < 3 * np.std(squares) / 300**0.5 + 1e-4


def test_the_squared_error_has_no_bias_where_probabilities_are_wrong() -> None:
    rng = np.random.default_rng(4)
    found, plain = [], []
    for _ in range(400):
        p = np.repeat(np.linspace(0.1, 0.8, 8), 20)
        y = rng.random(160) < p + 0.1
        found.append(calibration_error(p, y, bins=8, draws=1).squared)
        home = equal_bins(p, 8)
        plain.append(np.mean([(y[home == k].mean() - p[home == k].mean()) ** 2 for k in range(8)]))
    assert np.mean(found) == pytest.approx(0.01, abs=3 * np.std(found) / 20)
    assert np.mean(plain) > 0.015


@pytest.mark.parametrize("n", [300, 1000])
def test_limit_of_detection_of_overconfidence(n: int) -> None:
    # At least 8 of 10 are found where 300 probabilities are off by 0.09 on average, and where 1,000 are off by 0.06.
    rng = np.random.default_rng(5)
    bold = {300: 1.8, 1000: 1.5}[n]
    seen, off = 0, []
    for _ in range(60):
        logit = rng.normal(0, 1.2, n)
        p, true = 1 / (1 + np.exp(-bold * logit)), 1 / (1 + np.exp(-logit))
        off.append(np.abs(p - true).mean())
        seen += calibration_error(p, rng.random(n) < true, draws=300).p < 0.05
    assert np.mean(off) == pytest.approx({300: 0.09, 1000: 0.06}[n], abs=0.005)
    assert seen >= 48


def test_items_in_groups_accuse_nobody_by_chance() -> None:
    rng = np.random.default_rng(6)
    plain = grouped = 0
    for _ in range(200):
        # What happens is shared by the ten items of a group, and right on average.
        group = np.repeat(np.arange(60), 10)
        p = np.repeat(rng.random(60), 10)
        y = np.repeat(rng.random(60) < p[::10], 10)
        plain += calibration_error(p, y, bins=6, draws=200).p < 0.05
        grouped += calibration_error(p, y, group, bins=6, draws=200).p < 0.05
    assert plain > 100
    assert grouped <= 20  # nominal 10


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_neither_the_order_of_items_nor_of_classes_matters(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, y = np.round(rng.random(80), 2), rng.integers(2, size=80)
    order = rng.permutation(80)
    one, moved = (calibration_error(a, b, draws=50) for a, b in ((p, y), (p[order], y[order])))
    assert (one.ece, one.squared) == pytest.approx((moved.ece, moved.squared))
    p = rng.random(80)
    one, swapped = calibration_error(p, y, draws=50), calibration_error(1 - p, 1 - y, draws=50)
    assert (one.ece, one.squared) == pytest.approx((swapped.ece, swapped.squared))


def test_the_likeliest_class_and_whether_it_was_right() -> None:
    sure, right = top_answers([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2]], [1, 1])
    assert (sure.tolist(), right.tolist()) == ([0.5, 0.4], [True, False])


def test_the_reliability_table_has_an_interval_per_bin() -> None:
    rng = np.random.default_rng(7)
    p = rng.random(3000)
    table = reliability(p, rng.random(3000) < np.clip(p - 0.2 * (p > 0.5), 0, 1), bins=10)
    assert len(table) == 10
    assert [one.off for one in table] == [False] * 5 + [True] * 5
    shy = reliability(p, rng.random(3000) < np.clip(p + 0.2 * (p < 0.5), 0, 1), bins=10)
    assert [one.off for one in shy] == [True] * 5 + [False] * 5
    assert all(one.low <= one.stated <= one.high for one in table)
    assert sum(one.happened.n for one in table) == 3000
    shared = reliability(p, np.repeat(rng.random(300) < 0.5, 10), np.repeat(np.arange(300), 10), bins=10)
    assert shared[0].happened.units < 300


def test_a_temperature_undoes_itself() -> None:
    rng = np.random.default_rng(8)
    true = rng.dirichlet(np.ones(4), 5000)
    y = (true.cumsum(axis=1) < rng.random((5000, 1))).sum(axis=1)
    bold = true**2.5 / (true**2.5).sum(axis=1, keepdims=True)
    found = fit_temperature(bold, y)
    assert found.value == pytest.approx(2.5, rel=0.1)  # its standard error is 3 %
    assert not found.at_end
    milder = found.apply(bold)
    assert np.abs(milder - true).max() < 0.1 * np.abs(bold - true).max()
    assert (milder.argmax(axis=1) == bold.argmax(axis=1)).all()
    assert item_scores(milder, y, "log_loss").mean() < item_scores(bold, y, "log_loss").mean()
    assert fit_temperature(milder, y).value == pytest.approx(1.0, abs=1e-3)


def test_probabilities_do_as_well_as_logits() -> None:
    rng = np.random.default_rng(9)
    logits = rng.normal(size=(300, 3)) * 3
    rows = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = rng.integers(3, size=300)
    found = fit_temperature(rows, y)
    grid = np.linspace(0.2, 15, 600)
    losses = []
    for temperature in grid:
        z = logits / temperature
        losses.append(float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(300), y]).mean()))
    assert found.at_end or found.value == pytest.approx(grid[int(np.argmin(losses))], abs=0.05)


def test_a_temperature_at_the_end_is_named() -> None:
    rows = np.array([[0.7, 0.3], [0.2, 0.8], [0.6, 0.4]])
    assert fit_temperature(rows, [0, 1, 0]).at_end
    assert fit_temperature(rows, [1, 0, 1]).at_end


@pytest.mark.parametrize(
    "call",
    [
        lambda: item_scores([[0.5, 0.6]], [0], "brier"),
        lambda: item_scores([[0.5, 0.5]], [2], "brier"),
        lambda: item_scores([[0.5, 0.5]], [0, 1], "brier"),
        lambda: item_scores([[0.5, 0.5]], [0], "accuracy"),  # type: ignore[arg-type]
        lambda: item_scores([[0.2, 0.3, 0.5]], [0], "brier_of_positive"),
        lambda: mean_score([[0.5, 0.5]], [0], "brier"),
        lambda: calibration_error([0.5, 1.2], [0, 1]),
        lambda: calibration_error([0.5, np.nan], [0, 1]),
        lambda: calibration_error([0.5], [2]),
        lambda: calibration_error([0.5, 0.5], [1]),
        lambda: calibration_error([], []),
        lambda: calibration_error([0.5], [1], draws=0),
        lambda: reliability([0.5, 0.5], [1, 0], ["a"]),
        lambda: fit_temperature([[0.5, 0.5]], [0, 1]),
    ],
)
def test_what_is_no_probability_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"needs|must|two clusters"):
        call()  # type: ignore[operator]
