"""Slices of a dataset in which a learner errs more than elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.dataset.fields import fields_of
from shisaku.ops.dataset.judged import entry, judged, table
from shisaku.ops.dataset.slice_search import Judged, Search, Slice
from shisaku.ops.labelled import label_of
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import measurable

EXAMPLES = 20
SURE = 0.8  # probability of another label from which a given label is doubted


@dataclass(frozen=True)
class ErrorSlices(Metric):
    """Score a sample by the out-of-fold probability of its label; an issue is an error inside a slice full of errors.

    The learner logistic on frozen features predicts every label out of fold, entities and copies kept together. Slices
    are the classes, every level of every metadata field (as in `dataset.giveaway`), k-means cells of the features and
    leaves of a regression tree on the errors (the ideas of Slice Finder, Chung et al. 2019, and of Domino, Eyuboglu et
    al. 2022, with slices cut by features alone). Entities are dealt into two halves: the first proposes at most
    `tried` slices of `at_least` samples, cells and tree are learnt from it alone; the second confirms them by a
    one-sided Fisher test (Student's t over entities where one has several samples), Holm over the slices proposed. A
    finding needs an error rate `excess_from` above the rest's in the second half (``bad`` from `bad_from` on); its
    interval comes from that half. `raw` is the probability too, `group` names the slice.

    What it finds: wrong labels on one device in four among 800 digits (features: pixels): where 20 % of its labels
    were wrong in 9 of 10 repeats, 10 % in 3 of 10. With 10 % wrong labels everywhere alike a device was called in 1
    of 60 (n = 500; 95 %: 0 to 9 %). In 785 stamps it calls two slices, one a class; whether each is true a person
    must say.
    When it hurts: an error is a hard sample, a wrong label or a weak feature; the share of labels doubted with
    probability 0.8 stands beside it and is the hint that it is labels. Half of the data confirm: below about 100
    samples it finds only the plainest. Slices smaller than `at_least` in a half are not looked at. Where errors are
    the same everywhere, there is no slice, however many errors there are.

    Example::

        - {name: slices, op: dataset.error_slices, from: features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.error_slices"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"excess_from", "bad_from", "alpha", "at_least", "tried", "clusters", "seed"}
    )

    features: str = "features"
    label: str = ""
    excess_from: float = 0.1
    bad_from: float = 0.3
    alpha: float = 0.05
    at_least: int = 15
    tried: int = 10
    clusters: int = 12
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(features=self.features)
        within("excess_from", self.excess_from, 0.0, 1.0)
        ordered("excess_from", self.excess_from, "bad_from", self.bad_from)
        within("bad_from", self.bad_from, 0.0, 1.0)
        within("alpha", self.alpha, 1e-6, 0.5)
        within("at_least", self.at_least, 5, 1e9)
        within("tried", self.tried, 1, 1000)
        within("clusters", self.clusters, 2, 1000)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [label, entity, features, fields]."""
        return dict(measurable(batch, lambda sample: [*entry(sample, self.features, self.label), self._fields(sample)]))

    def _fields(self, sample: Sample) -> dict[str, str]:
        return {**fields_of(sample), "label": label_of(sample, self.label)}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id; a sample whose class no model could learn scores 1."""
        seen = self._judged(state)
        own = dict.fromkeys(state, 1.0)
        blamed: dict[str, Slice] = {}
        if seen is not None:
            own.update(zip(seen.data.ids, (float(p) for p in seen.own), strict=True))
            for one in reversed(self._search().confirmed(seen)):
                blamed.update({seen.data.ids[place]: one for place in np.flatnonzero(one.inside & seen.wrong)})
        return [self._score(name, p, blamed.get(name)) for name, p in sorted(own.items())]

    def _score(self, name: str, p: float, blamed: Slice | None) -> Score:
        value = min(1.0, max(0.0, p))
        if blamed is None:
            return Score(name, self.name, value, p, False)
        told = say(
            "the label has probability {p:.2f}, in {slice}, where {rate:.0%} are errors against {rest:.0%} elsewhere",
            p=p,
            slice=blamed.name,
            rate=blamed.found.inside,
            rest=blamed.found.outside,
        )
        return Score(name, self.name, value, p, True, told, blamed.word)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return one Finding per confirmed slice, and one that says what was asked."""
        seen = self._judged(state)
        if seen is None:
            what = say("Slices were not looked for: {n} labelled samples are too few to learn from", n=len(state))
            return [Finding("slices_not_asked", what, "note", n=len(state))]
        made = [self._finding(one, seen) for one in self._search().confirmed(seen)]
        rate = float(seen.wrong.mean())
        what = say(
            "{n} slices err more than the rest, of at most {tried} proposed by one half and tested on the other; "
            "{rate:.1%} of all {samples} labels are not what the models would say",
            n=len(made),
            tried=self.tried,
            rate=rate,
            samples=len(seen.wrong),
        )
        return [*made, Finding("slices_asked", what, "note", rate, n=len(seen.wrong))]

    def _finding(self, one: Slice, seen: Judged) -> Finding:
        gap = one.found.inside - one.found.outside
        weight: Weight = "bad" if gap >= self.bad_from else "warn"
        what = say(
            "In {slice}, {rate:.0%} [{low:.0%}, {high:.0%}] of {n} samples are errors, elsewhere {rest:.0%} "
            "(confirmed on the half that did not propose it, p = {p:.2g}); {doubted:.0%} of its labels are doubted, "
            "elsewhere {doubted_rest:.0%}",
            slice=one.name,
            rate=one.found.inside,
            low=one.found.low,
            high=one.found.high,
            n=one.found.n,
            rest=one.found.outside,
            p=one.found.p,
            doubted=one.doubted,
            doubted_rest=one.doubted_elsewhere,
        )
        then = say("Look at these samples: relabel them if the labels are wrong, collect more if they are hard")
        worst = np.flatnonzero(one.inside & seen.wrong)
        worst = worst[np.argsort(seen.own[worst], kind="stable")][:EXAMPLES]
        found = one.found
        return Finding(
            "slice_with_errors", what, weight, found.inside, found.low, found.high, found.n, then,
            tuple(seen.data.ids[place] for place in worst),
            ({"slice": one.word, "n": int(one.inside.sum()), "errors": int((one.inside & seen.wrong).sum()),
              "doubted": round(one.doubted, 4), "doubted_elsewhere": round(one.doubted_elsewhere, 4)},),
        )  # fmt: skip

    def _judged(self, state: Mapping[str, Any]) -> Judged | None:
        data = table(state)
        if len(data.ids) < 4 * self.at_least:
            return None
        found = judged(data, 5, 1, 3, self.seed)
        if len(found.classes) < 2 or len(found.places) < 4 * self.at_least:
            return None
        ids = tuple(data.ids[place] for place in found.places)
        kept = replace(
            data,
            ids=ids,
            labels=tuple(data.labels[place] for place in found.places),
            entities=tuple(data.entities[place] for place in found.places),
            rows=data.rows[found.places],
        )
        own = found.probabilities[np.arange(len(ids)), found.codes]
        best = found.probabilities.argmax(axis=1)
        wrong = best != found.codes
        doubted = wrong & (found.probabilities.max(axis=1) >= SURE)
        return Judged(kept, [state[name][3] for name in ids], own, wrong, doubted)

    def _search(self) -> Search:
        return Search(self.excess_from, self.alpha, self.at_least, self.tried, self.clusters, self.seed)
