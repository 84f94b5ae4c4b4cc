"""Which real samples a student gets wrong, so that the next round of generation can start from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError, RecipeError
from shisaku.learn.out_of_fold import OutOfFold
from shisaku.message import say
from shisaku.ops.dataset.judged import entry, judged, table
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.registry.doors import LEARNERS
from shisaku.registry.make import make_behind

if TYPE_CHECKING:
    from shisaku.learn.learner import Learner

EXAMPLES = 20


@dataclass(frozen=True)
class StudentErrors(Metric):
    """Score a real sample by how sure a student that never saw it is of its label: low is hard, below 0.5 wrong.

    The seeds of LLM2LLM (Lee et al. 2024, arXiv 2403.15042): what a student gets wrong is what more data are made
    from, and only ever real samples, never what was made before. The student is a `student` of the registry (a name
    and parameters, as a study's `learner`) on frozen features, in `folds` folds, averaged over `repeats` divisions;
    entities and copies stay together, so no sample is judged by a student that saw it, its entity or a copy of it.
    `raw` is the probability p of the given label; the score is p / (p + q), with q that of the best other label, and
    it is an issue where another label is more probable. A rule ``max: 0.5`` keeps what is wrong, ``bottom: 0.3`` the
    hardest share. A class needs `least` samples in two entities to be judged.

    Made samples are no seeds and get no score. As the gate of a study's arm (``bottom``) it fits the student of that
    study to the split's training items, and a made sample bears the score of the hardest real item that it was made
    from. Outside an arm it may choose seeds only among samples on which no study tests, and the recipe's check holds
    it to that: seeds chosen by test items would be training on the test. Beside it stands a random choice of as many
    (``<keep>.random``), which is what it has to beat.

    What it finds: a tenth of 720 digits blended with a digit of another class (pixels as features, logistic, 3
    seeds): of those with 20, 35, 45, 50 and 60 % of the other digit it gets 9, 20, 40, 54 and 79 % wrong, of the
    others 5 to 6 %. With 2, 5, 10, 20 and 30 % of the labels changed at random it gets 97 to 100 % of those wrong, and
    6 % (at 2 %) to 12 % (at 30 %) of the others.
    When it hurts: a wrong label is the hardest sample there is, and everything made from it is wrong too: where
    labels were given carelessly the seeds are mostly mistakes, and this op cannot tell a hard sample from a wrong one
    (`dataset.label_errors` looks at the same probabilities). Outliers and broken files are hard as well. More of what
    is hard moves a class towards its borders: what is easy now may be lost. Where the student tells the labels apart
    no better than chance its errors mean nothing. The gain of the paper is of language models tuned on few texts; on
    frozen features it has to be shown each time.

    Example::

        - {name: student, op: dataset.student_errors, from: features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.student_errors"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    shares_family_with: ClassVar[tuple[str, ...]] = ("image.embed", "text.embed", "audio.embed")
    thresholds: ClassVar[frozenset[str]] = frozenset({"student", "folds", "repeats", "least", "seed"})

    features: str = "features"
    label: str = ""
    student: Mapping[str, Any] = field(default_factory=lambda: {"name": "logistic"}, hash=False)
    folds: int = 5
    repeats: int = 3
    least: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(features=self.features)
        within("folds", self.folds, 2, 50)
        within("repeats", self.repeats, 1, 50)
        within("least", self.least, 2, 1e6)
        self._learner()

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [label, entity, features, asked] of real samples, [real parents] of made ones.

        With a reference the student learns from that alone, and a made sample is judged by its parents there.
        """
        asked = {sample.id for sample in batch}
        real = batch if reference is None else reference
        state: State = measurable(real, lambda sample: [*self._real(sample), sample.id in asked])
        known = set() if reference is None else set(state)
        for sample in batch:
            if sample.depth:
                state[sample.id] = [[parent for parent in sample.parents if parent in known]]
        return state

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per real sample whose class could be judged, and per made one of such parents, by id."""
        found, own = self._judged(state)
        if not own:
            return []
        best = found.probabilities.argmax(axis=1)
        told = {one: row for row, one in enumerate(own)}
        scores = []
        for sample, held in sorted(state.items()):
            rows = [told[one] for one in (held[0] if len(held) == 1 else [sample] if held[3] else ()) if one in told]
            if not rows:
                continue
            values = _values(found)[rows]
            row = rows[int(values.argmin())]
            given = float(found.probabilities[row, found.codes[row]])
            wrong = bool(best[row] != found.codes[row])
            reason = say(
                "labelled {given}, the student says {suggested} at {chance:.2f}",
                given=found.classes[found.codes[row]],
                suggested=found.classes[best[row]],
                chance=float(found.probabilities[row, best[row]]),
            )
            scores.append(Score(sample, self.name, float(values.min()), given, wrong, reason if wrong else None))
        return scores

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return how much the student gets wrong, whether that means anything, and what got no score."""
        if not state:
            return []
        found, own = self._judged(state)
        made = sum(len(held) == 1 and not held[0] for held in state.values())
        what = say("{n} made samples got no score: only real samples are seeds", n=made)
        told = [Finding("made_samples_are_no_seeds", what, "note", n=made)] if made else []
        aside = sum(found.left_out.values())
        what = say("{n} samples of classes with too few samples or entities could not be judged", n=aside)
        told += [Finding("student_errors_not_judged", what, "note", n=aside)] if aside else []
        if not own:
            what = say("There are no two classes with {n} samples each: no student could be taught", n=self.least)
            return [Finding("student_errors", what, "note"), *told]
        return [self._errors(found, own), *told]

    def _errors(self, found: OutOfFold, own: Sequence[str]) -> Finding:
        accuracy, values = float(found.recalls.mean()), _values(found)
        wrong = np.flatnonzero(found.probabilities.argmax(axis=1) != found.codes)
        if not found.tells_apart:
            what = say(
                "The student tells the labels apart no better than chance (balanced accuracy {accuracy:.2f} of {k}"
                " classes): its errors choose no better than dice",
                accuracy=accuracy,
                k=len(found.classes),
            )
            then = say("Use features that see what the labels are about before you make data from errors")
            return Finding("student_errors", what, "warn", accuracy, n=len(own), next=then)
        what = say(
            "The student gets {wrong} of {n} real samples wrong out of fold (balanced accuracy {accuracy:.2f})",
            wrong=len(wrong),
            n=len(own),
            accuracy=accuracy,
        )
        then = say("Look at the worst: a wrong label is corrected, not multiplied")
        worst = wrong[np.argsort(values[wrong], kind="stable")][:EXAMPLES]
        share = len(wrong) / len(own)
        return Finding(
            "student_errors", what, "note", share, n=len(own), next=then, samples=tuple(own[row] for row in worst)
        )

    def _judged(self, state: Mapping[str, Any]) -> tuple[OutOfFold, list[str]]:
        data = table({sample: held for sample, held in state.items() if len(held) > 1})
        found = judged(data, self.folds, self.repeats, self.least, self.seed, self._learner())
        return found, [data.ids[place] for place in found.places]

    def _real(self, sample: Sample) -> list[Any]:
        if sample.depth:
            raise DataError(say("It was made, and only real samples are seeds"), where=sample.id)
        return entry(sample, self.features, self.label)

    def _learner(self) -> Learner:
        name = str(self.student.get("name", "logistic"))
        made: Learner = make_behind(LEARNERS, name, {key: held for key, held in self.student.items() if key != "name"})
        if made.answers != "classes":
            raise RecipeError(say("{name} learns no classes and cannot be the student", name=name))
        return made


def _values(found: OutOfFold) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return how the given label stands against the best other: under one half where another is more probable."""
    rows = np.arange(len(found.codes))
    own = found.probabilities[rows, found.codes]
    others = found.probabilities.copy()
    others[rows, found.codes] = 0.0
    return np.asarray(own / np.maximum(own + others.max(axis=1, initial=0.0), 1e-300))
