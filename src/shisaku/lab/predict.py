"""What a system answers for test items: class codes, from a trained model or from what was written without training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shisaku.core.recipe import Arm
from shisaku.errors import DataError
from shisaku.lab.arms import TrainSet
from shisaku.lab.bench import Bench
from shisaku.lab.items import Index, Items
from shisaku.learn.learner import Fitted, FittedMap
from shisaku.message import say

NO_ANSWER = -1
Scores = Mapping[str, npt.NDArray[np.float64]]


class System(Protocol):
    """Something that answers."""

    @property
    def converged(self) -> bool:
        """Whether training came to its end."""
        ...

    @property
    def at_edge(self) -> bool:
        """Whether a setting that the learner chose lies at an end of its grid."""
        ...

    def answer(self, items: Items, codes: Index, rows: Index) -> Index:
        """Return a class code per row of `rows`, -1 for none; `codes` are the true ones of all items."""
        ...


def system_of(bench: Bench, arm: Arm) -> System:
    """Return the system of an arm without training."""
    scores = bench.data.scores[arm.name]
    if bench.spec.target is None:
        return ByScores(_of_classes(scores, arm, bench.classes), len(bench.classes), arm.name)
    return Retrieval(Written(scores), bench.spec.found_in)


def _of_classes(scores: Scores, arm: Arm, classes: Sequence[str]) -> Scores:
    """Return the scores of the study's classes, where the op was told to score more of them (a preview has few)."""
    params = arm.scores.params.values() if arm.scores else ()
    told = next((sorted(p) for p in params if isinstance(p, Mapping) and set(classes) < set(p)), None)
    if told is None:
        return scores
    places = [told.index(name) for name in classes]
    return {item: vector[places] if len(vector) == len(told) else vector for item, vector in scores.items()}


def train(bench: Bench, data: TrainSet, weight: float) -> System:
    """Train the study's learner on real rows and synthetic rows of that weight."""
    weights = data.weighted(weight)
    if bench.spec.target is None:
        return ByModel(bench.learner.fit(data.x, data.y, weights))
    fitted = bench.mapper.fit_map(data.x, data.targets, weights, data.groups)
    return Retrieval(fitted, bench.spec.found_in, fitted.at_edge)


@dataclass(frozen=True)
class ByModel:
    """The most probable class of each row; ties go to the lower code."""

    fitted: Fitted
    at_edge: bool = False

    @property
    def converged(self) -> bool:
        """Whether training came to its end."""
        return bool(getattr(self.fitted, "converged", True))

    def answer(self, items: Items, codes: Index, rows: Index) -> Index:
        """Return a class code per row."""
        if not len(rows):
            return np.zeros(0, dtype=np.intp)
        best = self.fitted.predict_proba(items.features[rows]).argmax(axis=1)
        answers: Index = np.asarray(self.fitted.classes, dtype=np.intp)[best]
        return answers


@dataclass(frozen=True)
class ByScores:
    """The class with the best written score; an item without scores has no answer."""

    scores: Scores
    n_classes: int
    arm: str
    converged: bool = True
    at_edge: bool = False

    def answer(self, items: Items, codes: Index, rows: Index) -> Index:
        """Return a class code per row. Raises DataError if a score vector does not have one number per class."""
        found = np.full(len(rows), NO_ANSWER, dtype=np.intp)
        for place, row in enumerate(rows):
            vector = self.scores.get(items.ids[row])
            if vector is None or not np.isfinite(vector).all():
                continue
            if len(vector) != self.n_classes:
                raise DataError(
                    say("Arm {arm} scores {found} classes, the study has {known}",
                        arm=self.arm, found=len(vector), known=self.n_classes),
                    where=items.ids[row],
                    next=say("Give the scoring op one text per class of the study"),
                )  # fmt: skip
            found[place] = int(vector.argmax())
        return found


@dataclass(frozen=True)
class Written:
    """Embeddings that were written without training."""

    vectors: Scores

    def map(self, items: Items, rows: Index, width: int) -> npt.NDArray[np.float64]:
        """Return [n, width]; a row without a vector of that width is not a number."""
        nothing = np.full(width, np.nan)
        found = (self.vectors.get(items.ids[row], nothing) for row in rows)
        return np.array([vector if len(vector) == width else nothing for vector in found]).reshape(len(rows), width)


@dataclass(frozen=True)
class Retrieval:
    """An item is found if its own embedding is among the `found_in` nearest (cosine) to its target within the test.

    The answer of a found item is its own class, of another -1: accuracy is then recall at `found_in`, target to
    item. Of equal cosines the item's own counts as the last.
    """

    source: FittedMap | Written
    found_in: int
    at_edge: bool = False
    converged: bool = True

    def answer(self, items: Items, codes: Index, rows: Index) -> Index:
        """Return a class code per row."""
        aims = _unit(items.targets[rows].astype(np.float64))
        if isinstance(self.source, Written):
            vectors = self.source.map(items, rows, aims.shape[1])
        else:
            vectors = self.source.map(items.features[rows])
        cosines = np.nan_to_num(aims @ _unit(vectors).T, nan=-np.inf)
        own = np.diag(cosines)
        before = (cosines >= own[:, None]).sum(axis=1) - 1
        answers: Index = np.where((before < self.found_in) & np.isfinite(own), codes[rows], NO_ANSWER)
        return answers


def _unit(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    unit: npt.NDArray[np.float64] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return unit
