"""Texts that occur on both sides: the classifier must not have seen the twin of what it judges."""

from __future__ import annotations

import numpy as np
import pytest
from ops_material import vector_part

from shisaku.core.sample import Sample
from shisaku.ops.dataset import told_apart
from shisaku.ops.dataset.two_sample import TwoSample
from shisaku.stats.equal_rows import joined_where_equal

WIDTH = 64


def tables(seed: int, n: int, different: int) -> tuple[list[Sample], list[Sample]]:
    """Two exchangeable tables: texts drawn alike, so that most occur in both, seen through one extractor."""
    rng = np.random.default_rng(seed)
    texts = rng.normal(size=(different, WIDTH))
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    drawn = [rng.permutation(np.arange(n) % different) for _ in range(2)]
    made, real = (
        [Sample(f"{word}{i:03}", {"features": vector_part(texts[k])}) for i, k in enumerate(places)]
        for word, places in zip("mr", drawn, strict=True)
    )
    return made, real


def area(seed: int, n: int = 200, different: int = 200) -> tuple[float, float, str]:
    made, real = tables(seed, n, different)
    op = TwoSample(draws=99)
    found = op.findings(op.measure(made, real))[0]
    assert found.value is not None
    assert found.high is not None
    return found.value, found.high, found.weight


@pytest.mark.parametrize("different", [70, 200])
def test_equal_items_on_both_sides_are_judged_by_models_that_saw_neither(different: int) -> None:
    found = [area(seed, different=different) for seed in range(8)]
    assert all(0.4 <= value <= 0.6 for value, _, _ in found), found
    assert all(weight == "note" for _, _, weight in found)


def test_else_the_area_would_be_far_under_one_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_apart, "joined_where_equal", lambda entities, rows: entities)
    told_apart._LAST.clear()
    value, high, _ = area(0)
    assert value < 0.3
    assert high < 0.5
    told_apart._LAST.clear()


def test_equal_but_for_rounding_joins_entities() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 16)).astype(np.float32)
    rows[200] = rows[3] + np.float32(1e-6)
    rows[201] = rows[200]
    rows[4] = rows[5] + np.float32(1e-2)
    entities = np.arange(300)
    entities[7] = 201
    joined = joined_where_equal(entities, rows)
    assert len({joined[3], joined[200], joined[201], joined[7]}) == 1
    assert len(np.unique(joined)) == 300 - 3
    assert joined_where_equal(entities[:0], rows[:0]).size == 0


def test_a_narrow_feature_does_not_join_neighbours() -> None:
    rows = np.random.default_rng(0).normal(size=(5000, 1)).astype(np.float32)
    assert len(np.unique(joined_where_equal(np.arange(5000), rows))) > 4000
