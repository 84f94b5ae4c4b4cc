"""Known harm done to training items at a given rate: wrong labels, copies in place of items, less diversity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from shisaku.lab.items import Index, Items

Harm = Literal["labels", "duplicates", "diversity"]
Harmed = tuple[Index, tuple[str, ...]]  # rows to train on (some may come twice), and their labels


def wrong_labels(items: Items, rows: Index, rate: float, rng: np.random.Generator) -> Harmed:
    """Give a share `rate` of the rows another label, any of the others alike (uniform noise)."""
    classes = sorted(set(items.labels))
    labels = [items.labels[i] for i in rows]
    for place in rng.permutation(len(rows))[: round(rate * len(rows))]:
        others = [name for name in classes if name != labels[place]]
        labels[place] = others[int(rng.integers(len(others)))]
    return rows, tuple(labels)


def copies(items: Items, rows: Index, rate: float, rng: np.random.Generator) -> Harmed:
    """Put copies of other rows of its class in the place of a share `rate` of the rows: as many, fewer different."""
    chosen = np.array(rows)
    for mine in _by_class(items, rows):
        order = rng.permutation(mine)
        lost = min(len(order) - 1, round(rate * len(order)))
        if lost > 0:
            chosen[order[:lost]] = rows[rng.choice(order[lost:], lost)]
    return chosen, tuple(items.labels[i] for i in chosen)


def narrowed(items: Items, rows: Index, rate: float, rng: np.random.Generator, most: float) -> Harmed:
    """Take of every class the same number of rows from its share 1 - `rate` nearest to the centre of the class.

    So many are taken as the narrowest choice (`most`) still has: what changes with the rate is diversity, not n.
    """
    chosen: list[int] = []
    for mine in _by_class(items, rows):
        features = items.features[rows[mine]]
        distance = np.linalg.norm(features - features.mean(axis=0), axis=1)
        near = mine[np.argsort(distance, kind="stable")[: max(1, round((1 - rate) * len(mine)))]]
        n = max(1, round((1 - most) * len(mine)))
        chosen += rows[np.sort(rng.choice(near, min(n, len(near)), replace=False))].tolist()
    picked = np.array(sorted(chosen), dtype=np.intp)
    return picked, tuple(items.labels[i] for i in picked)


def harmed(harm: Harm, items: Items, rows: Index, rate: float, rng: np.random.Generator, most: float) -> Harmed:
    """Do one kind of harm; `most` is the highest rate of the study."""
    ways: Mapping[str, Callable[[], Harmed]] = {
        "labels": lambda: wrong_labels(items, rows, rate, rng),
        "duplicates": lambda: copies(items, rows, rate, rng),
        "diversity": lambda: narrowed(items, rows, rate, rng, most),
    }
    return ways[harm]()


def _by_class(items: Items, rows: Index) -> list[Index]:
    """Return the places in `rows` of each class."""
    labels = np.array([items.labels[i] for i in rows])
    return [np.flatnonzero(labels == name) for name in sorted(set(labels.tolist()))]
