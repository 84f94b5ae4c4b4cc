"""What a system answers for test items, from a trained model or from what was written without training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shisaku.core.arm import Arm
from shisaku.core.seed import rng_for
from shisaku.errors import DataError
from shisaku.lab.arms import TrainSet
from shisaku.lab.bench import Bench
from shisaku.lab.blame import blamed, told_scores
from shisaku.lab.heed import robust_fit, softened
from shisaku.lab.items import Index, Items
from shisaku.lab.tuning import Choice
from shisaku.lab.validated import set_apart
from shisaku.lab.views import viewed, visible
from shisaku.learn.learner import Aiming, Fitted, Learner
from shisaku.message import say

NO_ANSWER = -1
Chances = npt.NDArray[np.float32]
Scores = Mapping[str, npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Class codes [n] (-1: none) and what the system gave each class [n, K], not a number where it had no answer.

    Retrieval gives no class anything: its `chances` have no columns.
    """

    codes: Index
    chances: Chances


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

    def answer(self, items: Items, codes: Index, rows: Index) -> Answers:
        """Return what it answers for each of `rows`; `codes` are the true ones of all items."""
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


def among(system: System, n: int, tested: float) -> System:
    """Return the system as it is asked among `n` items in place of the `tested` ones of a test.

    Retrieval then has to find an item among as large a share of them: one of ten among the fifteen of a fold is found
    by anybody, and says nothing about who finds it among a hundred.
    """
    if not isinstance(system, Retrieval) or n >= tested:
        return system
    return replace(system, found_in=max(1, round(system.found_in * n / tested)))


def train(bench: Bench, arm: Arm, data: TrainSet, choice: Choice, key: str) -> System:
    """Train the arm's learner, with what was chosen, on the views that the arm sees and as its loss says.

    Rows that have none of these views are left out; a system has no answer to them.

    `key` names the random numbers: arms that differ in nothing else share them. Raises DataError for rows that the
    learner cannot take, or scores that are not numbers.
    """
    spec = bench.spec
    rows, _ = visible(viewed(data.weighted(choice.weight), arm.views))
    inside, val = set_apart(rows, spec.val_share, spec.split_seed, key)
    with blamed(bench.learner_for(arm), f"study {spec.name}, arm {arm.name}"):
        learner = _learner(bench, arm, choice)
        teacher = rng_for(spec.split_seed, "teacher", key)
        inside = softened(learner, arm.loss.soften, inside, len(bench.classes), teacher)
        fitted = robust_fit(learner, arm.loss.robust, inside, val, rng_for(spec.split_seed, "init", key))
    if spec.target is None:
        return ByModel(fitted, len(bench.classes), arm.views)
    return Retrieval(fitted, spec.found_in, arm.views)


def _learner(bench: Bench, arm: Arm, choice: Choice) -> Learner:
    settings = dict(choice.settings)
    if arm.loss.curriculum:
        settings["curriculum"] = arm.loss.curriculum
    learner = bench.learner_for(arm)
    return replace(learner, **settings) if settings else learner  # type: ignore[type-var]


@dataclass(frozen=True)
class ByModel:
    """The most probable class of each row; ties go to the lower code."""

    fitted: Fitted
    n_classes: int
    views: tuple[str, ...] = ()

    @property
    def converged(self) -> bool:
        """Whether training came to its end."""
        return self.fitted.converged

    @property
    def at_edge(self) -> bool:
        """Whether a setting that the learner chose lies at an end of its grid."""
        return self.fitted.at_edge

    def answer(self, items: Items, codes: Index, rows: Index) -> Answers:
        """Return codes and scores; a class not seen in training has 0. Raises DataError if a score is not a number."""
        seen, there = visible(viewed(items.examples(rows), self.views))
        answers = _nothing(len(rows), self.n_classes)
        if len(there):
            found, known = told_scores(self.fitted, seen), np.asarray(self.fitted.classes, dtype=np.intp)
            answers.codes[there] = known[found.argmax(axis=1)]
            answers.chances[there] = 0.0
            answers.chances[np.ix_(there, known)] = found
        return answers


@dataclass(frozen=True)
class ByScores:
    """The class with the best written score; an item without scores has no answer."""

    scores: Scores
    n_classes: int
    arm: str
    converged: bool = True
    at_edge: bool = False

    def answer(self, items: Items, codes: Index, rows: Index) -> Answers:
        """Return codes and scores. Raises DataError if a score vector does not have one number per class."""
        found = _nothing(len(rows), self.n_classes)
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
            found.codes[place] = int(vector.argmax())
            found.chances[place] = vector
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

    source: Fitted | Written
    found_in: int
    views: tuple[str, ...] = ()

    @property
    def converged(self) -> bool:
        """Whether training came to its end."""
        return isinstance(self.source, Written) or self.source.converged

    @property
    def at_edge(self) -> bool:
        """Whether a setting that the learner chose lies at an end of its grid."""
        return not isinstance(self.source, Written) and self.source.at_edge

    def answer(self, items: Items, codes: Index, rows: Index) -> Answers:
        """Return the codes of what was found."""
        aims = items.targets[rows].astype(np.float64)
        if isinstance(self.source, Written):
            vectors = self.source.map(items, rows, aims.shape[1])
        else:
            seen, there = visible(viewed(items.examples(rows), self.views))
            mapped = told_scores(self.source, seen)
            vectors = np.full((len(rows), mapped.shape[1]), np.nan)
            vectors[there] = mapped
            aims = self.source.aim(aims) if isinstance(self.source, Aiming) else aims
        cosines = np.nan_to_num(_unit(aims) @ _unit(vectors).T, nan=-np.inf)
        own = np.diag(cosines)
        before = (cosines >= own[:, None]).sum(axis=1) - 1
        found: Index = np.where((before < self.found_in) & np.isfinite(own), codes[rows], NO_ANSWER)
        return Answers(found, np.zeros((len(rows), 0), dtype=np.float32))


def _nothing(n: int, n_classes: int) -> Answers:
    """Return no answer for any of n items."""
    return Answers(np.full(n, NO_ANSWER, dtype=np.intp), np.full((n, n_classes), np.nan, dtype=np.float32))


def _unit(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    unit: npt.NDArray[np.float64] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return unit
