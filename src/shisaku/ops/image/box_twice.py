"""Whether one object was boxed twice: under one class, or under two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.ops.grade import lower_is_better
from shisaku.ops.image.box_reading import Boxes, boxes_of
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.stats.box_overlap import most_before
from shisaku.stats.proportions import clopper_pearson

Under = Literal["one", "two"]
LEAST = 0.5  # overlap of boxes that are remembered
EXAMPLES = 20


@dataclass(frozen=True)
class BoxTwice(Metric):
    """Score a picture by the largest overlap of two of its boxes, of `under` ``one`` class or of ``two``.

    The overlap is intersection over union (`stats.box_overlap`, which agrees with pycocotools). `raw` is the largest in
    the picture, 0 where no two reach 0.5; from `near_from` on it is an issue: of one class the object was boxed twice,
    of two classes it bears both. Crowd regions, boxes without area and turned boxes are left out; an object without a
    box has the one around its polygons; boxes without a label are compared under one class only. The finding counts
    the pictures, and the boxes by class.

    What it finds: in 200 photographs with cut-outs laid on them (simulated layouts, 1,279 boxes) and 192 with a box
    around each piece of edge (3,556), one box in a fifth of the pictures drawn again: at an overlap of 0.91 all, at
    0.88 none. Drawn again by hand, edges off by 2 % of a side (standard deviation): 98 and 100 %, by 3 %: 73 and 58 %,
    by 5 %: 23 and 13 %. Under another class: all at 0.91. No false alarm in either source (0 to 1.9 %).
    When it hurts: two things of one class may truly fill the same box (a couple who embrace, a cup in front of its
    like), and labels that mean one thing within another (person and driver) put two classes on one box on purpose:
    then every such box is called. Masks are not looked at. An object that was drawn again by hand seldom overlaps by
    0.9.

    Example::

        - {name: box_conflict, op: image.box_twice, with: {under: two, near_from: 0.9}}
    """

    name: ClassVar[str] = "image.box_twice"
    reads: ClassVar[Mapping[str, Kind]] = {"objects": "table"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"under", "near_from"})

    objects: str = "objects"
    under: Under = "one"
    near_from: float = 0.9

    def __post_init__(self) -> None:
        part_names(objects=self.objects)
        one_of("under", self.under, get_args(Under))
        within("near_from", self.near_from, LEAST, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> ``one`` and ``two`` -> [overlap, name, name, label, label] of boxes on another."""
        return dict(measurable(batch, self._read))

    def _read(self, sample: Sample) -> dict[str, list[list[Any]]]:
        boxes = boxes_of(sample, self.objects)
        boxes = boxes.only(~boxes.crowd & ~boxes.flat & (boxes.turned == 0))
        if not boxes.labels:
            raise DataError(say("No box in part {part} can be compared", part=self.objects), where=sample.id)
        labelled = boxes.only(np.array([bool(label) for label in boxes.labels]))
        return {"one": _lying_on(boxes, alike=True), "two": _lying_on(labelled, alike=False)}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        made = []
        for sample, held in sorted(state.items()):
            rows = held[self.under]
            most = max((row[0] for row in rows), default=0.0)
            issue = most >= self.near_from
            reason = self._reason(rows) if issue else None
            made.append(Score(sample, self.name, lower_is_better(most, self.near_from), most, issue, reason))
        return made

    def _reason(self, rows: Sequence[Sequence[Any]]) -> Message:
        overlap, first, second, one, other = max(rows, key=lambda row: row[0])
        n = sum(row[0] >= self.near_from for row in rows)
        if self.under == "one":
            return say("{n} boxes lie on another of their class; {first} and {second} ({label}) overlap by {iou:.2f}",
                       n=n, first=first, second=second, label=one, iou=overlap)  # fmt: skip
        return say("{n} boxes lie on one of another class; {first} ({one}) and {second} ({other}) overlap by {iou:.2f}",
                   n=n, first=first, second=second, one=one, other=other, iou=overlap)  # fmt: skip

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return in how many pictures it is so, and of which classes."""
        if not state:
            return []
        near = {sample: [row for row in held[self.under] if row[0] >= self.near_from] for sample, held in state.items()}
        having = sorted((sample for sample, rows in near.items() if rows), key=lambda one: (-len(near[one]), one))
        counts = Counter(" + ".join(dict.fromkeys(sorted(row[3:]))) for rows in near.values() for row in rows)
        low, high = clopper_pearson(len(having), len(state))
        what = say("In {n} of {of} pictures boxes of one class lie on each other ({boxes} boxes)", n=len(having),
                   of=len(state), boxes=counts.total())  # fmt: skip
        then = say("Delete the copies; where two tools or people annotated, see how their boxes were joined")
        if self.under == "two":
            what = say("In {n} of {of} pictures boxes of two classes lie on each other ({boxes} boxes)", n=len(having),
                       of=len(state), boxes=counts.total())  # fmt: skip
            then = say("Decide each by looking at it; where one class contains another, keep the narrower one")
        rows = tuple({"classes": classes, "boxes": n} for classes, n in counts.most_common(EXAMPLES))
        rest = (len(having) / len(state), low, high, len(state), then if having else None, tuple(having[:EXAMPLES]))
        return [Finding(self.name, what, "warn" if having else "note", *rest, rows)]


def _lying_on(boxes: Boxes, alike: bool) -> list[list[Any]]:
    """Return a row for each box that overlaps one before it by so much that it is remembered."""
    _, kinds = np.unique(np.array(boxes.labels, dtype=np.str_), return_inverse=True)
    most, place = most_before(boxes.sides, kinds, alike)
    near = np.flatnonzero(most >= LEAST).tolist()
    return [
        [float(most[k]), boxes.names[place[k]], boxes.names[k], boxes.labels[place[k]], boxes.labels[k]] for k in near
    ]
