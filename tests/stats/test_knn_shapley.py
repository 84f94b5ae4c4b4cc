"""Exact values of training items agree with the definition over all subsets."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest

from shisaku.stats.knn_shapley import knn_shapley


def brute(distances: np.ndarray, right: np.ndarray, k: int) -> np.ndarray:
    """Mean marginal contribution over all subsets, from the definition."""
    n = distances.shape[1]

    def utility(row: int, some: tuple[int, ...]) -> float:
        nearest = sorted(some, key=lambda i: (distances[row, i], i))[:k]
        return sum(bool(right[row, i]) for i in nearest) / k

    value = np.zeros(n)
    for row in range(len(distances)):
        for i in range(n):
            others = [j for j in range(n) if j != i]
            for size in range(n):
                for some in combinations(others, size):
                    gain = utility(row, (*some, i)) - utility(row, some)
                    value[i] += gain / comb(n - 1, size) / n
    return value / len(distances)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
@pytest.mark.parametrize("k", [1, 3, 5, 10])
def test_equal_to_the_definition_over_all_subsets(n: int, k: int) -> None:
    rng = np.random.default_rng(n * 100 + k)
    distances = rng.random((3, n)).astype(np.float32)
    right = rng.random((3, n)) < 0.5
    np.testing.assert_allclose(knn_shapley(distances, right, k), brute(distances, right, k), atol=1e-10, rtol=0)


def test_ties_go_to_the_first() -> None:
    distances = np.array([[0.5, 0.5, 0.0, -0.0]], np.float32)
    right = np.array([[True, False, True, False]])
    np.testing.assert_allclose(knn_shapley(distances, right, 1), brute(distances, right, 1), atol=1e-10, rtol=0)


def test_who_does_not_take_part_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    distances, right = rng.random((4, 6)).astype(np.float32), rng.random((4, 6)) < 0.5
    distances[:, 2] = np.inf
    found = knn_shapley(distances, right, 2)
    rest = [0, 1, 3, 4, 5]
    np.testing.assert_allclose(found[rest], brute(distances[:, rest], right[:, rest], 2), atol=1e-10, rtol=0)
    assert found[2] == 0.0


def test_values_add_up_to_the_accuracy() -> None:
    rng = np.random.default_rng(1)
    distances, right = rng.random((50, 300)).astype(np.float32), rng.random((50, 300)) < 0.3
    order = np.argsort(distances, axis=1)[:, :5]
    accuracy = np.take_along_axis(right, order, axis=1).mean()
    assert knn_shapley(distances, right, 5).sum() == pytest.approx(accuracy, abs=1e-10)


def test_weights_and_shapes() -> None:
    rng = np.random.default_rng(2)
    distances, right = rng.random((2, 5)).astype(np.float32), rng.random((2, 5)) < 0.5
    only = knn_shapley(distances, right, 2, [1.0, 0.0])
    np.testing.assert_allclose(only, knn_shapley(distances[:1], right[:1], 2))
    assert knn_shapley(distances[:0], right[:0], 2).tolist() == [0.0] * 5
    with pytest.raises(ValueError, match="k >= 1"):
        knn_shapley(distances, right, 0)
    with pytest.raises(ValueError, match="labels"):
        knn_shapley(distances, right[:1], 1)
