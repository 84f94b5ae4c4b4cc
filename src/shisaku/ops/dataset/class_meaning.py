"""Whether a class means the same thing in another dataset."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.message import say
from shisaku.ops.dataset.judged import entry, table
from shisaku.ops.dataset.reference import read_reference
from shisaku.ops.labelled import label_of
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.stats.proportions import clopper_pearson

EXAMPLES = 20


@dataclass(frozen=True)
class ClassMeaning(Metric):
    """Score a sample by how many of its class are nearest to the class of that name in the other dataset.

    Every sample goes to the nearest class mean of the other dataset (cosine of rows transformed by `transform`, the
    mean over classes taken from each side, so that a change of camera or voice common to all classes does not count).
    `raw` and the score are the share of the samples of its class that arrive at the same name. The class is an issue
    if it has at least `least` samples on both sides, the upper end of the share's interval (Clopper-Pearson, 95 %) is
    below `issue_below`, and classes in the median arrive with `trusted` or more: else the features cannot compare.
    Classes that the other dataset does not have get no score.

    What it finds: two of ten MNIST classes whose names were swapped in the other half (600 pictures, image.embed): both
    from a share of 80 % swapped on, one of them at 60 %, none at 40 % and below; no false alarm.
    When it hurts: two datasets that see the same things in too different a way look as if they meant other things;
    with two or three classes a share is near its chance of one half or one third.

    Example::

        - {name: meaning, op: dataset.class_meaning, from: image_features, reference: other, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.class_meaning"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels", "reference"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    tolerance: ClassVar[float] = 1e-9
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_below", "trusted", "least"})

    features: str = "features"
    label: str = ""
    transform: RowTransform = "sqrt_l2"
    issue_below: float = 0.35
    trusted: float = 0.6
    least: int = 10

    def __post_init__(self) -> None:
        part_names(features=self.features)
        one_of("transform", self.transform, ROW_TRANSFORMS)
        within("issue_below", self.issue_below, 0.0, 1.0)
        within("trusted", self.trusted, 0.0, 1.0)
        within("least", self.least, 1, 1e9)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return the labelled features of the batch by id, and the size and mean row of each class of the reference.

        Raises RecipeError without a reference, DataError where the reference lacks features.
        """
        real = read_reference(reference, self.features, self.name)
        rows = transform_rows(real.rows, self.transform)
        members: dict[str, list[int]] = defaultdict(list)
        there = measurable(real.samples, lambda one: label_of(one, self.label if self.label in one.labels else ""))
        for place, sample in enumerate(real.samples):
            if sample.id in there:
                members[there[sample.id]].append(place)
        means = {label: [len(some), rows[some].mean(axis=0)] for label, some in sorted(members.items())}
        own = measurable(batch, lambda sample: entry(sample, self.features, self.label))
        return {"own": dict(own), "there": means}

    def merge(self, a: State, b: State) -> State:
        """Join two states: the batches differ, the reference is the same."""
        return {"own": {**a["own"], **b["own"]}, "there": {**a["there"], **b["there"]}}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample whose class both datasets have, by sample id."""
        ids, labels, arrived = self._arrived(state)
        shares, clashes = self._shares(state, labels, arrived)
        scores = []
        for sample, label in zip(ids, labels, strict=True):
            reason = None
            if label in clashes:
                reason = say(
                    "class {given} looks like {there} of the other dataset: {share:.0%} arrive at its own name",
                    given=label,
                    there=clashes[label],
                    share=shares[label],
                )
            scores.append(Score(sample, self.name, shares[label], shares[label], label in clashes, reason))
        return scores

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return each class that means another thing in the other dataset, or that the features cannot compare."""
        ids, labels, arrived = self._arrived(state)
        if not ids:
            return []
        shares, clashes = self._shares(state, labels, arrived)
        counts = Counter(labels)
        rows = tuple({"class": one, "samples": counts[one], "arrive": round(shares[one], 3)} for one in sorted(shares))
        middle = float(np.median(list(shares.values())))
        if middle < self.trusted:
            what = say("The features cannot compare the classes of the two datasets (median share {share:.2f})",
                       share=middle)  # fmt: skip
            return [Finding("class_meaning", what, "note", middle, n=len(ids), table=rows)]
        found = []
        for label, other in sorted(clashes.items()):
            n = counts[label]
            low, high = clopper_pearson(round(shares[label] * n), n)
            what = say(
                "Class {given} may mean another thing in the other dataset: {share:.0%} of its {n} samples look like"
                " it, most like {other}",
                given=label,
                share=shares[label],
                n=n,
                other=other,
            )
            then = say("Look at samples of both; rename one of the two classes if they differ")
            examples = tuple(sample for sample, one in zip(ids, labels, strict=True) if one == label)[:EXAMPLES]
            found.append(Finding("class_meaning", what, "warn", shares[label], low, high, n, then, examples, rows))
        return found

    def _arrived(self, state: Mapping[str, Any]) -> tuple[list[str], list[str], list[str]]:
        """Return id, label and nearest class of the other dataset of every sample whose class both have."""
        data, there = table(state["own"]), state["there"]
        width = data.rows.shape[1]
        names = sorted(label for label in there if len(there[label][1]) == width)
        places = [place for place, label in enumerate(data.labels) if label in names]
        if not places:
            return [], [], []
        rows = transform_rows(data.rows[places].astype(np.float64), self.transform)
        labels = [data.labels[place] for place in places]
        shared = sorted(set(labels))
        classes = np.array(labels)
        here = np.mean([rows[classes == one].mean(axis=0) for one in shared], axis=0)
        centres = np.stack([there[name][1] for name in names])
        centres = centres - np.mean([there[name][1] for name in shared], axis=0)
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
        nearest = ((rows - here) @ centres.T).argmax(axis=1)
        return [data.ids[place] for place in places], labels, [names[k] for k in nearest]

    def _shares(
        self, state: Mapping[str, Any], labels: Sequence[str], arrived: Sequence[str]
    ) -> tuple[dict[str, float], dict[str, str]]:
        """Return class -> share that arrives at its own name, and of the clashes the name most arrive at."""
        to: dict[str, Counter[str]] = defaultdict(Counter)
        for label, name in zip(labels, arrived, strict=True):
            to[label][name] += 1
        shares = {label: found[label] / found.total() for label, found in to.items()}
        if not shares or float(np.median(list(shares.values()))) < self.trusted:
            return shares, {}
        clashes = {}
        for label, found in to.items():
            n = found.total()
            enough = min(n, state["there"][label][0]) >= self.least
            if enough and clopper_pearson(found[label], n)[1] < self.issue_below:
                clashes[label] = found.most_common(1)[0][0]
        return shares, clashes
