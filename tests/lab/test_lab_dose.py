"""Dose and response: planted harm shows, no harm shows nothing, and what a label is worth is found again."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.errors import DataError
from shisaku.lab.dose import dose_response
from shisaku.lab.harm import copies, narrowed, wrong_labels
from shisaku.lab.items import Items


def blobs(n: int = 240, classes: int = 4, spread: float = 1.0, seed: int = 0) -> Items:
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 2.0, (classes, 12))
    labels = [i % classes for i in range(n)]
    features = np.stack([centres[label] + rng.normal(0, spread, 12) for label in labels]).astype(np.float32)
    ids = tuple(f"i{k:04d}" for k in range(n))
    return Items(ids, tuple(f"c{label}" for label in labels), ids, features)


def test_wrong_labels_cost_and_the_undisturbed_point_is_zero() -> None:
    found = dose_response(blobs(), "labels", rates=(0.0, 0.2, 0.6), splits=6)
    first, _, last = found.doses
    assert (first.change, first.low, first.high) == (0.0, 0.0, 0.0)
    assert last.high < 0
    assert found.corrected is not None
    assert found.corrected[0] > 0
    assert len(last.scores) == 6
    assert found.to_json()["lines"]


def test_the_same_seed_gives_the_same_figures() -> None:
    one, other = (dose_response(blobs(), "duplicates", splits=3, seed=4) for _ in range(2))
    assert one == other


def test_harm_is_as_much_as_asked() -> None:
    items = blobs(200)
    rows = np.arange(200)
    _, labels = wrong_labels(items, rows, 0.2, np.random.default_rng(0))
    assert sum(a != b for a, b in zip(labels, items.labels, strict=True)) == 40
    chosen, labels = copies(items, rows, 0.5, np.random.default_rng(0))
    assert len(chosen) == 200
    assert len(set(chosen.tolist())) <= 100
    assert [items.labels[i] for i in chosen] == list(labels)
    sizes = {rate: len(narrowed(items, rows, rate, np.random.default_rng(0), 0.4)[0]) for rate in (0.0, 0.2, 0.4)}
    assert len(set(sizes.values())) == 1


def test_narrowing_leaves_the_middle() -> None:
    items = blobs(200)
    chosen, _ = narrowed(items, np.arange(200), 0.4, np.random.default_rng(0), 0.4)
    labels = np.array(items.labels)
    distance = np.zeros(200)
    for name in set(items.labels):
        mine = labels == name
        distance[mine] = np.linalg.norm(items.features[mine] - items.features[mine].mean(axis=0), axis=1)
    assert distance[chosen].mean() < np.delete(distance, chosen).mean()


def test_the_worth_of_a_label_is_withheld_where_new_ones_do_not_help() -> None:
    easy = dose_response(blobs(400, classes=2, spread=0.2), "labels", splits=4)
    assert easy.worth is None
    assert any("cannot be said" in str(line) for line in easy.lines())


def test_too_little_to_split_is_said() -> None:
    items = blobs(8)
    with pytest.raises(DataError, match="Two classes"):
        dose_response(items.take(range(4)), "labels")
    with pytest.raises(ValueError, match="rise from 0"):
        dose_response(items, "labels", rates=(0.1, 0.2))
