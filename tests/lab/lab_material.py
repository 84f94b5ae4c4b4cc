"""Planted data for the lab's tests: what each stream does to a model is known by construction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.study_spec import StudySpec
from shisaku.lab.items import Items, StudyData

LEARNER: Mapping[str, Any] = {"name": "logistic", "C": 1.0, "transform": "none"}
REAL = Arm("real")


def planted(seed: int = 0, classes: int = 3, groups: int = 16, size: int = 2, dims: int = 8) -> StudyData:
    """Real items in groups, and streams made from them.

    clutter (derived test), validate and helpful: the real item under a large random shift along one
    direction, which a model that saw none of it mistakes for a class and one that did can look past.
    harmful: the next class's mean under the
    parent's label. null: the parent with a hair of noise. mixed: helpful, with 40 % of it under wrong labels.
    """
    rng = np.random.default_rng(seed)
    means = np.eye(classes, dims) * 2.5
    label = np.repeat(np.arange(classes), groups * size)
    group = np.repeat(np.arange(classes * groups), size)
    centre = rng.normal(0, 0.4, (classes * groups, dims))
    x = means[label] + centre[group] + rng.normal(0, 0.6, (len(label), dims))
    ids = tuple(f"item{i:03d}" for i in range(len(label)))
    labels = tuple(f"class{c}" for c in label)
    real = Items(ids, labels, tuple(f"group{g:03d}" for g in group), x.astype(np.float32))
    # Partly along what tells classes 0 and 1 apart: a model can learn to look past it.
    away = (means[0] - means[1]) / 2.5 + 2.5 * np.eye(1, dims, dims - 1)[0]

    def children(name: str, rows: np.ndarray, times: int = 1, names: tuple[str, ...] = labels) -> Items:
        parent = np.tile(np.arange(len(ids)), times)
        return Items(
            tuple(f"{ids[p]}/{name}.{i // len(ids)}" for i, p in enumerate(parent)),
            tuple(names[p] for p in parent),
            tuple(real.groups[p] for p in parent),
            rows.astype(np.float32),
            tuple((ids[p],) for p in parent),
        )

    def shifted(times: int) -> np.ndarray:
        many = np.tile(x, (times, 1))
        return many + rng.normal(0, 3.0, (len(many), 1)) * away + rng.normal(0, 0.1, many.shape)

    wrong = np.where(rng.random(len(label)) < 0.4, (label + rng.integers(1, classes, len(label))) % classes, label)
    other = means[(label + 1) % classes]
    streams = {
        "clutter": children("clutter", shifted(1)),
        "validate": children("validate", shifted(1)),
        "helpful": children("helpful", shifted(3), 3),
        "harmful": children("harmful", np.tile(other, (3, 1)) + rng.normal(0, 0.3, (3 * len(ids), dims)), 3),
        "null": children("null", x + rng.normal(0, 1e-3, x.shape)),
        "mixed": children("mixed", np.tile(x, (3, 1)) + rng.normal(0, 0.3, (3 * len(ids), dims)), 3,
                          tuple(f"class{c}" for c in wrong)),
    }  # fmt: skip
    return StudyData(real, streams)


def external(seed: int = 1, classes: int = 3, groups: int = 20, dims: int = 8) -> Items:
    """A fixed test set from the same population as `planted`, single items."""
    rng = np.random.default_rng(seed)
    label = np.repeat(np.arange(classes), groups)
    x = np.eye(classes, dims)[label] * 2.5 + rng.normal(0, 0.72, (len(label), dims))
    names = tuple(f"photo{i:03d}" for i in range(len(label)))
    return Items(names, tuple(f"class{c}" for c in label), names, x.astype(np.float32))


def study(**changes: Any) -> StudySpec:
    """A small study of `planted`; any field can be replaced."""
    plain: dict[str, Any] = {
        "name": "planted",
        "label": "class",
        "real": "real",
        "feature": Feature("image.embed"),
        "domains": (Domain("clean", "resplit"), Domain("clutter", "derived", stream="clutter", validate="validate")),
        "primary": "clutter",
        "arms": (REAL, Arm("copies", oversample=2), Arm("helpful", add="helpful")),
        "comparators": ("real",),
        "contrasts": ("helpful",),
        "splits": 8,
        "learner": LEARNER,
        "expected_gain": 0.3,
    }
    return StudySpec(**{**plain, **changes})
