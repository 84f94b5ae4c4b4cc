"""How well one field alone tells a class from the others, held out by entity, against chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.clusters import Clustered, fixed_test_estimate
from shisaku.stats.permuted import permuted_p

Codes = npt.NDArray[np.intp]
Counts = npt.NDArray[np.float64]
NOBODY = -1  # what is said of a level that training never saw


@dataclass(frozen=True, slots=True)
class Labelled:
    """Rows with a class code, an entity code and the fold that their entity is held out in."""

    classes: Codes
    entities: Codes
    folds: Codes

    @property
    def units(self) -> tuple[Codes, Codes]:
        """The unit of every row and the class of every unit: rows of one entity with one class are one unit."""
        pairs = np.stack([self.entities, self.classes], axis=1)
        found, unit = np.unique(pairs, axis=0, return_inverse=True)
        return unit.ravel(), found[:, 1]


@dataclass(frozen=True, slots=True)
class Telling:
    """What a field tells of class number `best`, the one that it tells best.

    `said` is the class that the field alone gives every row, held out; -1 where its level was never seen in training.
    `accuracy` is the balanced accuracy over all classes (chance: one by their number), `best_accuracy` that of `best`
    against all others (chance: 0.5): (1 + Youden's J) / 2 of what is said.
    """

    said: Codes
    accuracy: float
    best: int
    best_accuracy: float


def telling(levels: Codes, rows: Labelled) -> Telling:
    """Predict every row's class from its level by the other folds and see how well that goes.

    Said is the class that is most overrepresented in the level (a one-feature tree with balanced classes). A level
    that training never saw tells nothing: it counts as a guess.
    """
    table, shape = _table(levels, rows.classes, rows.folds)
    said = _said(table)
    return _read(table, said, said[rows.folds, levels], shape[2])


def chance_of(levels: Codes, rows: Labelled, rng: np.random.Generator, draws: int) -> float:
    """Return the permutation p of the best class's accuracy: labels change places between entities, whole."""
    unit, class_of_unit = rows.units
    observed = telling(levels, rows).best_accuracy

    def draw() -> float:
        table, _ = _table(levels, rng.permutation(class_of_unit)[unit], rows.folds)
        return float(_informed(table, _said(table)).max() + 1.0) / 2.0

    return permuted_p(observed - 1e-12, draw, draws)


def reach_of(found: Telling, rows: Labelled, rng: np.random.Generator, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of the best class's accuracy over entities, the choice of that class taken as given."""
    own = rows.classes == found.best
    right = np.where(own, found.said == found.best, found.said != found.best).astype(np.float64)
    estimate = fixed_test_estimate(Clustered.of(right[None], own, rows.entities), rng, draws=2000)
    tail = (1.0 - level) / 2.0
    return max(0.0, estimate.low(tail)), min(1.0, estimate.high(tail))


def coded(values: Sequence[str]) -> tuple[list[str], Codes]:
    """Return the different values, sorted, and the place of every value among them."""
    names, codes = np.unique(np.asarray(values, dtype=object).astype(str), return_inverse=True)
    return [str(name) for name in names], codes.astype(np.intp)


def _table(levels: Codes, classes: Codes, folds: Codes) -> tuple[Counts, tuple[int, int, int]]:
    """Count rows [folds, levels, classes]."""
    shape = (int(folds.max()) + 1, int(levels.max()) + 1, int(classes.max()) + 1)
    flat = (folds * shape[1] + levels) * shape[2] + classes
    return np.bincount(flat, minlength=shape[0] * shape[1] * shape[2]).astype(np.float64).reshape(shape), shape


def _said(table: Counts) -> Codes:
    train = table.sum(axis=0) - table
    of_class = train.sum(axis=1, keepdims=True)
    share = np.divide(train, of_class, out=np.zeros_like(train), where=of_class > 0)
    return np.where(train.sum(axis=2) > 0, share.argmax(axis=2), NOBODY).astype(np.intp)


def _informed(table: Counts, said: Codes) -> Counts:
    """Return Youden's J of each class: how often it is said of its own rows, less how often of others."""
    k = table.shape[2]
    one_hot = (said[:, :, None] == np.arange(k)).astype(np.float64)
    own = np.einsum("flc,flc->c", table, one_hot)
    said_n = np.einsum("fl,flc->c", table.sum(axis=2), one_hot)
    n = table.sum(axis=(0, 1))
    hit = np.divide(own, n, out=np.zeros(k), where=n > 0)
    others = n.sum() - n
    return np.asarray(hit - np.divide(said_n - own, others, out=np.zeros(k), where=others > 0), dtype=np.float64)


def _read(table: Counts, said: Codes, of_rows: Codes, k: int) -> Telling:
    informed = _informed(table, said)
    best = int(informed.argmax())
    n = table.sum(axis=(0, 1))
    hits = np.einsum("flc,flc->c", table, (said[:, :, None] == np.arange(k)).astype(np.float64))
    guessed = np.einsum("flc,fl->c", table, (said == NOBODY).astype(np.float64)) / k
    accuracy = float(((hits + guessed)[n > 0] / n[n > 0]).mean())
    return Telling(of_rows, accuracy, best, (1.0 + float(informed[best])) / 2.0)
