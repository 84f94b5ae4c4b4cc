"""Labelling by plan: it beats chance where a few typical items say it all, and claims nothing where it does not."""

from __future__ import annotations

import numpy as np

from shisaku.lab.items import Items
from shisaku.lab.label_first import simulate


def clusters(n: int, classes: int, spread: float, rare: int = 1, seed: int = 0) -> Items:
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 3.0, (classes, 16))
    # Most items are of one class: drawn at random, the others are hardly met.
    labels = [0 if i % (rare + 1) else 1 + (i // (rare + 1)) % (classes - 1) for i in range(n)]
    features = np.stack([centres[k] + rng.normal(0, spread, 16) for k in labels]).astype(np.float32)
    ids = tuple(f"i{k:04d}" for k in range(n))
    return Items(ids, tuple(f"c{k}" for k in labels), ids, features)


def test_a_plan_beats_chance_where_clusters_are_classes_of_unequal_size() -> None:
    found = simulate(clusters(600, 10, 0.4, rare=4), 12, rounds=8)
    assert found.planned > found.random
    assert found.change == found.planned - found.random or abs(found.change - (found.planned - found.random)) < 1e-9
    assert found.budget == 12


def test_noise_is_not_called_a_gain() -> None:
    rng = np.random.default_rng(0)
    ids = tuple(f"i{k:03d}" for k in range(200))
    noise = Items(ids, tuple(str(k % 2) for k in range(200)), ids, rng.normal(size=(200, 8)).astype(np.float32))
    found = simulate(noise, 20, rounds=8)
    assert found.low < 0 < found.high
    assert "not shown" in str(found.line)


def test_the_same_seed_gives_the_same_figures() -> None:
    items = clusters(120, 3, 1.0)
    assert simulate(items, 10, rounds=3, seed=2) == simulate(items, 10, rounds=3, seed=2)
