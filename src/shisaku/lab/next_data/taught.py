"""Every lesson taught in every division of what is at hand, and tested on what it did not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shisaku.core.progress import Progress, silent
from shisaku.core.seed import rng_for
from shisaku.lab.harm import wrong_labels
from shisaku.lab.items import Index, Items
from shisaku.lab.next_data.lesson import PLAIN, Lesson, lessons_of
from shisaku.lab.next_data.offer import Offer
from shisaku.lab.splits import fold_of
from shisaku.learn.examples import Examples, Features
from shisaku.learn.learner import Learner
from shisaku.learn.logistic import Logistic
from shisaku.stats.accuracy import balanced_accuracy, codes_of
from shisaku.stats.estimate import Floats

FOLDS, REPEATS = 4, 3


@dataclass(frozen=True, slots=True)
class Taught:
    """Balanced accuracy [divisions, lessons], and means over the divisions of what each lesson trained on.

    `own` items at hand, `extra` ones added or made wrong, and `of_classes` at hand of the offer's classes; `n_test` and
    `n_train` are those of a division.
    """

    lessons: tuple[Lesson, ...]
    scores: Floats
    own: Floats
    extra: Floats
    of_classes: Floats
    n_test: float
    n_train: float

    def places(self, offer: str) -> list[int]:
        """Return which columns are about an offer (``""``: the plain curve)."""
        return [place for place, lesson in enumerate(self.lessons) if lesson.offer == offer]


def prepared(items: Items, offers: Sequence[Offer], learner: Learner | None) -> tuple[Learner, Items, list[Offer]]:
    """Do what is done to each row alone, once, to the items at hand and to all probes."""
    student, features = (learner or Logistic()).prepared(items.features)
    seen = [
        one if one.probe is None else replace(one, probe=one.probe.with_features(_rows(learner, one.probe.features)))
        for one in offers
    ]
    return student, items.with_features(np.asarray(features)), seen


def _rows(learner: Learner | None, features: Features) -> npt.NDArray[np.floating]:
    return np.asarray((learner or Logistic()).prepared(features)[1])


def teach(
    items: Items, offers: Sequence[Offer], student: Learner, *, seed: int = 0, progress: Progress = silent
) -> Taught:
    """Teach every lesson in every division; features are `prepared` for the student.

    Four folds, dealt anew three times; no group straddles. The share of a lesson is the beginning of one order, so
    that smaller shares lie inside larger ones. Every class weighs the same in training, as it does in the score. What
    is made takes part with its parents alone, and no probe of a group that is tested.
    """
    classes = sorted(set(items.labels))
    lessons = PLAIN + tuple(lesson for offer in offers for lesson in lessons_of(offer, classes))
    by_name = {offer.name: offer for offer in offers}
    rows: list[list[tuple[float, int, int, int]]] = []
    sizes = []
    everything = np.arange(len(items))
    for repeat in range(REPEATS):
        order = rng_for(seed, "next data order", str(repeat)).permutation(len(items))
        fold = fold_of(items, everything, FOLDS, seed, repeat)
        for number in range(FOLDS):
            progress("learning curves", repeat * FOLDS + number, REPEATS * FOLDS)
            test = np.flatnonzero(fold == number)
            if not len(test):
                continue
            division = _Division(items, student, order[fold[order] != number], test, seed, (repeat, number))
            rows.append([division.taught(lesson, by_name.get(lesson.offer)) for lesson in lessons])
            sizes.append((len(test), len(items) - len(test)))
    progress("learning curves", REPEATS * FOLDS, REPEATS * FOLDS)
    table = np.array(rows, dtype=np.float64)
    own, extra, of_classes = (table[:, :, k].mean(axis=0) for k in (1, 2, 3))
    n_test, n_train = (float(mean) for mean in np.mean(sizes, axis=0))
    return Taught(lessons, table[:, :, 0], own, extra, of_classes, n_test, n_train)


@dataclass(frozen=True, slots=True)
class _Division:
    """One division of the items at hand: training rows in their order, and test rows."""

    items: Items
    student: Learner
    train: Index
    test: Index
    seed: int
    key: tuple[int, int]

    def taught(self, lesson: Lesson, offer: Offer | None) -> tuple[float, int, int, int]:
        """Return the score, and how many were trained on: of the items at hand, extra, and of the offer's classes."""
        rows = self._rows(lesson, offer)
        labels = tuple(self.items.labels[i] for i in rows)
        features, extra = self.items.features[rows], 0
        if lesson.wrong:
            rng = rng_for(self.seed, f"next data wrong {lesson.wrong}", f"{self.key}")
            told = wrong_labels(self.items, rows, lesson.wrong, rng)[1]
            extra = sum(one != other for one, other in zip(labels, told, strict=True))
            labels = told
        if lesson.added and offer is not None and offer.probe is not None:
            mine = self._allowed(offer, rows)
            features = np.concatenate([features, offer.probe.features[mine]])
            labels += tuple(offer.probe.labels[i] for i in mine)
            extra = len(mine)
        truth = [self.items.labels[i] for i in self.test]
        score = scored(self.student, features, labels, self.items.features[self.test], truth)
        wanted = set(offer.classes) if offer is not None else set()
        return score, len(rows), extra, sum(self.items.labels[i] in wanted for i in rows)

    def _rows(self, lesson: Lesson, offer: Offer | None) -> Index:
        wanted = set(offer.classes) if offer is not None else set()
        by_class: dict[str, list[int]] = {}
        for row in self.train:
            by_class.setdefault(self.items.labels[row], []).append(int(row))
        shares = {label: lesson.share * (lesson.cut if label in wanted else 1.0) for label in by_class}
        parts = [held[: max(1, round(shares[label] * len(held)))] for label, held in by_class.items()]
        return np.sort(np.array([row for part in parts for row in part], dtype=np.intp))

    def _allowed(self, offer: Offer, rows: Index) -> list[int]:
        """Return the rows of the probe that may be trained on: nothing that a test item has a part in."""
        probe = offer.probe
        assert probe is not None  # noqa: S101 - lessons that add are of offers with a probe
        trained = {self.items.ids[i] for i in rows}
        tested = {self.items.groups[i] for i in self.test}
        return [
            place
            for place in range(len(probe))
            if probe.groups[place] not in tested and (offer.kind == "source" or set(probe.parents[place]) <= trained)
        ]


def scored(
    student: Learner, features: Features, labels: Sequence[str], tested: Features, truth: Sequence[str]
) -> float:
    """Train with every class weighing the same, and return the balanced accuracy on what was tested."""
    fitted = student.fit(
        Examples(features, np.array(labels), even_weights(labels)), None, rng_for(0, "student", "")
    )  # fmt: skip
    said = fitted.classes[fitted.scores(Examples(tested)).argmax(axis=1)]
    classes = sorted({*truth, *labels})
    return balanced_accuracy(codes_of(truth, classes), codes_of([str(one) for one in said], classes))


def even_weights(labels: Sequence[str]) -> Floats:
    """Return weights under which every class weighs the same and all together weigh as many as there are."""
    names, codes, counts = np.unique(np.array(labels), return_inverse=True, return_counts=True)
    found: Floats = len(codes) / (len(names) * counts[codes].astype(np.float64))
    return found


def mended(items: Items, looked: Mapping[str, str]) -> Items:
    """Return the items with the labels of those that were looked at again."""
    labels = tuple(looked.get(id_, label) for id_, label in zip(items.ids, items.labels, strict=True))
    return replace(items, labels=labels)
