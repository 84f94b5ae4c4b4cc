"""Area under the ROC curve: agrees with scikit-learn, its interval covers, groups make it wider."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from shisaku.stats.auroc import auroc, partners


@pytest.mark.parametrize("seed", range(5))
def test_equals_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    positive, negative = np.round(rng.normal(1, 1, 40), 1), np.round(rng.normal(0, 1, 70), 1)
    truth = np.r_[np.ones(40), np.zeros(70)]
    assert auroc(positive, negative).value == pytest.approx(roc_auc_score(truth, np.r_[positive, negative]))


def test_a_delong_interval_worked_by_hand() -> None:
    found = auroc([3.0, 1.5, 4.0], [1.0, 2.0])
    assert found.value == pytest.approx(5 / 6)
    se = np.sqrt((1 / 12) / 3 + np.var([2 / 3, 1.0], ddof=1) / 2)
    odds, reach = np.log(5.0), 1.959964 * se / (5 / 36)
    assert found.low == pytest.approx(1 / (1 + np.exp(reach - odds)), abs=1e-5)
    assert found.high == pytest.approx(1 / (1 + np.exp(-reach - odds)), abs=1e-5)


def test_the_interval_covers_in_95_of_100() -> None:
    rng = np.random.default_rng(0)
    truth = 0.7602  # normal, one sd apart: Phi(1 / sqrt 2)
    found = [auroc(rng.normal(1, 1, 50), rng.normal(0, 1, 50)) for _ in range(600)]
    assert 0.925 <= np.mean([one.low <= truth <= one.high for one in found]) <= 0.98


def test_the_interval_covers_with_groups_where_the_plain_one_does_not() -> None:
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(40), 4)
    names = [str(one) for one in group]
    plain, grouped = [], []
    for _ in range(400):
        shared = rng.normal(0, 1, 40)[group] * 2
        positive, other = 1 + shared + rng.normal(0, 1, 160), rng.normal(0, 1, 160) * 2
        truth = 0.6279  # Phi(1 / 3): variances 5 and 4
        one, two = auroc(positive, other), auroc(positive, other, names)
        plain.append(one.low <= truth <= one.high)
        grouped.append(two.low <= truth <= two.high)
    assert np.mean(plain) < 0.87
    assert np.mean(grouped) > 0.91


def test_sets_that_do_not_overlap_are_not_certain() -> None:
    found = auroc(np.arange(10) + 100.0, np.arange(10))
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.025 ** (1 / 10))


def test_swapping_the_sets_mirrors_the_interval() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.normal(0.4, 1, 30), rng.normal(0, 1, 25)
    one, other = auroc(a, b), auroc(b, a)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


@pytest.mark.parametrize("pair", [([], [1.0]), ([1.0], []), ([float("nan")], [1.0])])
def test_nothing_to_compare_is_refused(pair: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError, match="needs scores"):
        auroc(*pair)


def test_partners_are_of_another_group_and_each_serves_once() -> None:
    groups = ["a"] * 5 + ["b"] * 3 + ["c", "d", "e", "f"]
    for seed in range(20):
        found = partners(groups, np.random.default_rng(seed))
        assert sorted(found) == list(range(12))
        assert all(groups[i] != groups[j] for i, j in enumerate(found))


def test_a_group_of_more_than_half_leaves_some_without_partner() -> None:
    groups = ["a"] * 6 + ["b", "c"]
    found = partners(groups, np.random.default_rng(0))
    assert all(j < 0 or groups[i] != groups[j] for i, j in enumerate(found))
    assert found.count(-1) == 4
    assert partners(["a", "a"], np.random.default_rng(0)) == [-1, -1]
    assert partners([], np.random.default_rng(0)) == []
