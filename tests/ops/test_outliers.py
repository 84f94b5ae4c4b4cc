"""What lies alone, aside, or in a rare combination."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ops_material import vector_part

from shisaku.core.metric import Metric
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.ops.dataset.odd_pair import OddPair
from shisaku.ops.dataset.outlier import Outlier

N, WIDTH = 200, 48


def cloud(seed: int, n: int = N) -> np.ndarray:
    """Points around eight centres."""
    centres = np.random.default_rng(99).normal(size=(8, WIDTH))
    rng = np.random.default_rng(seed)
    return centres[np.arange(n) % 8] + 0.5 * rng.normal(size=(n, WIDTH))


def scored(op: Metric, rows: np.ndarray) -> list[Score]:
    batch = [Sample(f"{k:04d}", {"features": vector_part(row)}) for k, row in enumerate(rows)]
    return op.scores(op.measure(batch))


def flagged(scores: list[Score]) -> set[int]:
    return {int(score.sample) for score in scores if score.issue}


@pytest.mark.parametrize("seed", range(3))
def test_few_of_an_ordinary_cloud_are_called(seed: int) -> None:
    assert len(flagged(scored(Outlier(), cloud(seed)))) <= 0.05 * N


def test_points_of_nowhere_are_found() -> None:
    rows = cloud(0)
    rows[:5] = 1.5 * np.random.default_rng(5).normal(size=(5, WIDTH))
    scores = scored(Outlier(), rows)
    assert {0, 1, 2, 3, 4} <= flagged(scores)
    assert max(score.value for score in scores[:5]) < 0.5


def test_a_heap_of_odd_points_is_found_although_they_have_each_other() -> None:
    rows = cloud(0)
    direction = np.random.default_rng(7).normal(size=WIDTH)
    rows[:14] = 3.0 * direction + 0.1 * np.random.default_rng(8).normal(size=(14, WIDTH))
    scores = scored(Outlier(transform="none"), rows)
    assert set(range(14)) <= flagged(scores)
    assert "main directions" in str(scores[0].reason)


def test_the_distance_is_that_of_scikit_learn() -> None:
    from sklearn.neighbors import NearestNeighbors

    rows = cloud(1)
    found = NearestNeighbors(n_neighbors=11, metric="cosine").fit(rows).kneighbors(rows)[0][:, 1:].mean(axis=1)
    raw = [score.raw for score in scored(Outlier(transform="l2"), rows)]
    assert raw == pytest.approx(found, abs=1e-5)


@pytest.mark.parametrize("n", [1, 2, 5, 19])
def test_too_few_have_no_outlier(n: int) -> None:
    rows = cloud(0, n)
    rows[0] *= -40
    scores = scored(Outlier(), rows)
    assert len(scores) == n
    assert not flagged(scores)


def test_features_of_another_length_get_no_score() -> None:
    batch = [Sample(f"{k}", {"features": vector_part(row)}) for k, row in enumerate(cloud(0, 30))]
    batch.append(Sample("other", {"features": vector_part([1.0, 2.0])}))
    op = Outlier()
    assert "other" not in {score.sample for score in op.scores(op.measure(batch))}


def test_all_alike_is_no_issue() -> None:
    assert not flagged(scored(Outlier(), np.ones((40, WIDTH))))


def pairs(swapped: int) -> list[Sample]:
    """Two parts of eight kinds each, that go together; the first `swapped` bear the second part of another kind."""
    one, other = cloud(1), cloud(2) @ np.random.default_rng(3).normal(size=(WIDTH, WIDTH))
    order = np.arange(N)
    order[:swapped] = (order[:swapped] + 3) % N
    return [
        Sample(f"{k:04d}", {"features": vector_part(one[k]), "text_features": vector_part(other[order[k]])})
        for k in range(N)
    ]


def test_swapped_parts_are_found_and_only_they() -> None:
    op = OddPair()
    scores = op.scores(op.measure(pairs(8)))
    found = flagged(scores)
    assert set(range(8)) <= found
    assert len(found) <= 8 + 0.05 * N


def test_pairs_that_belong_together_are_no_issue() -> None:
    op = OddPair(alarms=0.025)
    assert len(flagged(op.scores(op.measure(pairs(0))))) <= 0.05 * N


@pytest.mark.parametrize("n", [1, 3, 4, 19])
def test_a_few_pairs_get_scores_and_no_issue(n: int) -> None:
    op = OddPair()
    scores = op.scores(op.measure([replace(one) for one in pairs(2)[:n]]))
    assert len(scores) == n
    assert not flagged(scores)
