"""Labelled features from a metric's state, and what cross-fitted models think of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Sample
from shisaku.learn.learner import Learner
from shisaku.learn.out_of_fold import OutOfFold, out_of_fold
from shisaku.ops.labelled import label_of
from shisaku.ops.reading import vector_of


@dataclass(frozen=True)
class Labelled:
    """Samples in the order of their ids: `labels`, `entities` and feature `rows` [n, d]."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    entities: tuple[str, ...]
    rows: npt.NDArray[np.float32]


def entry(sample: Sample, features: str, label: str) -> list[Any]:
    """Return [label, entity, features] of a sample. Raises DataError where one is missing."""
    return [label_of(sample, label), sample.entity, vector_of(sample, features).astype(np.float32)]


def table(state: Mapping[str, Any]) -> Labelled:
    """Return what a state of entries holds; features of another length than most have are left out."""
    widths = Counter(len(held[2]) for held in state.values())
    width = max(widths, key=lambda one: (widths[one], one), default=0)
    ids = tuple(sorted(sample for sample, held in state.items() if len(held[2]) == width))
    rows = np.stack([state[one][2] for one in ids]) if ids else np.zeros((0, width), np.float32)
    return Labelled(ids, tuple(state[i][0] for i in ids), tuple(state[i][1] for i in ids), rows)


# Scores and findings are asked for one after the other and rest on the same models: the last are kept.
_LAST: dict[str, OutOfFold] = {}


def judged(
    data: Labelled, folds: int, repeats: int, least: int, seed: int, learner: Learner | None = None
) -> OutOfFold:
    """Return the out-of-fold probabilities of labelled features, of `learner` or the one `out_of_fold` takes."""
    mark = hashlib.sha256(np.ascontiguousarray(data.rows).tobytes())
    mark.update(repr((data.rows.shape, data.labels, data.entities, folds, repeats, least, seed, learner)).encode())
    key = mark.hexdigest()
    found = _LAST.get(key)
    if found is None:
        found = out_of_fold(
            data.rows,
            data.labels,
            data.entities,
            folds=folds,
            repeats=repeats,
            least=least,
            seed=seed,
            learner=learner,
        )
        _LAST.clear()
        _LAST[key] = found
    return found
