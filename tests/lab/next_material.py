"""Planted worlds for the planner's tests: what an item of every offer is worth is known by construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from shisaku.lab.items import Items
from shisaku.lab.next_data.world import Stock
from shisaku.learn.logistic import Logistic

LEARNER = Logistic(C=1.0, transform="none")
DIMS = 24


def drawn(
    n: int, classes: int = 4, seed: int = 0, name: str = "i", spread: float = 2.0, apart: float = 2.2
) -> Items:  # fmt: skip
    """Return `n` items, classes in turn, around centres that every call shares."""
    centres = np.random.default_rng(99).normal(size=(classes, DIMS)) * apart / np.sqrt(DIMS) * 2
    rng = np.random.default_rng([seed, *map(ord, name)])
    codes = np.arange(n) % classes
    x = centres[codes] + rng.normal(size=(n, DIMS)) * spread
    ids = tuple(f"{name}{k:04d}" for k in range(n))
    return Items(ids, tuple(f"c{c}" for c in codes), ids, x.astype(np.float32))


def junk(n: int, classes: int = 4, seed: int = 0, name: str = "junk") -> Items:
    """Return items whose labels are those of the next class."""
    found = drawn(n, classes, seed, name)
    return replace(found, labels=tuple(f"c{(int(label[1:]) + 1) % classes}" for label in found.labels))


def copies(items: Items, each: int = 2, noise: float = 0.05, seed: int = 0) -> Items:
    """Return children that are their parents with a hair of noise: nothing is to be learnt from them."""
    rng = np.random.default_rng(seed)
    rows = [i for _ in range(each) for i in range(len(items))]
    ids = tuple(f"{items.ids[i]}/copy{k}" for k, i in enumerate(rows))
    x = items.features[rows] + rng.normal(size=(len(rows), items.features.shape[1])) * noise
    return Items(
        ids,
        tuple(items.labels[i] for i in rows),
        tuple(items.groups[i] for i in rows),
        x.astype(np.float32),
        tuple((items.ids[i],) for i in rows),
    )


def mislabelled(items: Items, share: float, seed: int = 0) -> tuple[Items, Sequence[int]]:
    """Return the items with a share of the labels made wrong, and which."""
    rng = np.random.default_rng(seed)
    wrong = sorted(rng.permutation(len(items))[: round(share * len(items))].tolist())
    names = sorted(set(items.labels))
    labels = list(items.labels)
    for i in wrong:
        labels[i] = names[(names.index(labels[i]) + 1 + int(rng.integers(len(names) - 1))) % len(names)]
    return replace(items, labels=tuple(labels)), wrong


def stock(name: str = "planted", n: int = 400, seed: int = 0, *, far_is_near: bool = False) -> Stock:
    """Return a dataset to hide: a near source that is as good as its own items, a far one that teaches the wrong."""
    real = drawn(n, seed=seed)
    near = drawn(n, seed=seed, name="near")
    far = drawn(n, seed=seed, name="far") if far_is_near else junk(n, seed=seed)
    return Stock(name, real, copies(real, seed=seed), near, far)
