"""How surely a classifier that did not see a sample takes it for a made one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.learn.examples import Examples
from shisaku.learn.logistic import Logistic
from shisaku.ops.dataset.sides import Sides
from shisaku.stats.dealt import dealt
from shisaku.stats.equal_rows import joined_where_equal

SPREAD = 1e-6  # a feature that varies less than this part of the largest is constant
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class ToldApart:
    """Real samples first, then made ones: probability of being made, fold, entity, and which are made."""

    chances: Floats
    folds: Ints
    entities: Ints
    made: npt.NDArray[np.bool_]


# Scores and findings are asked for one after the other and rest on the same models: the last are kept.
_LAST: dict[str, ToldApart] = {}


def told_apart(sides: Sides, folds: int, strength: float, seed: int) -> ToldApart | None:
    """Return out-of-fold probabilities of a logistic regression on standardised features, entities kept together.

    Entities with equal rows are one: a model that saw one of them as real would be sure that the other is, and wrong
    where that was made. Real and made samples have the same weight in all. None where some model would see one side
    only.
    """
    rows = np.concatenate([sides.real.rows, sides.made.rows])
    entities = np.concatenate([sides.real.entities, sides.made.entities])
    made = np.arange(len(rows)) >= len(sides.real)
    mark = hashlib.sha256(np.ascontiguousarray(rows).tobytes())
    mark.update(repr((rows.shape, len(sides.real), entities.tolist(), folds, strength, seed)).encode())
    key = mark.hexdigest()
    if key not in _LAST:
        entities = joined_where_equal(entities, rows)
        fold = dealt([("real", "made")[int(one)] for one in made], [str(one) for one in entities], folds, seed)
        if not _both_seen(made, fold):
            return None
        found = ToldApart(_chances(rows, made, fold, strength), fold, entities, made)
        _LAST.clear()
        _LAST[key] = found
    return _LAST[key]


def _both_seen(made: npt.NDArray[np.bool_], fold: Ints) -> bool:
    return all(0 < made[fold != one].sum() < (fold != one).sum() for one in np.unique(fold))


def _chances(rows: npt.NDArray[np.float32], made: npt.NDArray[np.bool_], fold: Ints, strength: float) -> Floats:
    found = np.empty(len(rows))
    for one in np.unique(fold):
        out = fold == one
        seen, side = rows[~out], made[~out]
        centre, spread = seen.mean(axis=0), seen.std(axis=0)
        spread[spread <= SPREAD * spread.max(initial=0.0)] = np.inf
        weights = np.where(side, 0.5 / side.mean(), 0.5 / (1.0 - side.mean()))
        examples = Examples((seen - centre) / spread, side.astype(np.intp), weights)
        fitted = Logistic(C=strength, transform="none").fit(examples)
        found[out] = fitted.chances((rows[out] - centre) / spread)[:, 1]
    return found
