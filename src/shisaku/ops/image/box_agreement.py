"""Whether the annotators of a picture boxed the same things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image.box_reading import Boxes, boxed
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import part_of
from shisaku.stats.box_overlap import box_iou, partners
from shisaku.stats.proportions import clopper_pearson
from shisaku.store.codecs import decode_table
from shisaku.store.readers.label_studio_results import PER_CENT, results_of

PEOPLE = 20  # annotators of one picture
EXAMPLES = 20


@dataclass(frozen=True)
class BoxAgreement(Metric):
    """Score a picture by the share of their boxes on which its annotators agree.

    The part `annotations` holds what each annotator drew, as a Label Studio export has it. Boxes of two annotators are
    paired one to one, as many as can be, where both bear one class and overlap by `near_from` or more (intersection
    over union, as COCO's evaluation has it at 0.5); the share is twice the pairs over the boxes of both (Dice). `raw`
    is the mean over all pairs of annotators who drew something; below `issue_below` it is an issue. Turned boxes and
    those without area are left out. Average precision would rank the boxes by a confidence, which people do not give.

    What it finds: in 200 photographs with cut-outs laid on them (simulated layouts), drawn by two simulated annotators
    (edges off by 3 % of a side, 5 % overlooked), pictures in which one of them drew 60 % of the boxes somewhere else in
    85 %, 50 % of the boxes in 43 %, 30 % in 3 %. No false alarm (0 to 1.8 %).
    When it hurts: agreement is not truth: annotators who overlook the same object agree. Small boxes overlap less when
    they are drawn as carefully. A picture that two people found empty has no score.

    Example::

        - {name: box_agreement, op: image.box_agreement, with: {near_from: 0.5, issue_below: 0.5}}
    """

    name: ClassVar[str] = "image.box_agreement"
    reads: ClassVar[Mapping[str, Kind]] = {"annotations": "table"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_below"})

    annotations: str = "annotations"
    near_from: float = 0.5
    issue_below: float = 0.5

    def __post_init__(self) -> None:
        part_names(annotations=self.annotations)
        within("near_from", self.near_from, 0.0, 1.0)
        within("issue_below", self.issue_below, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [annotator, annotator, boxes of the one, of the other, pairs] of every two."""
        return dict(measurable(batch, self._read))

    def _read(self, sample: Sample) -> list[list[Any]]:
        drawn = self._drawn(sample)
        if len(drawn) > PEOPLE:
            raise DataError(say("Part {part} has {n} annotators; at most {most} are compared", part=self.annotations,
                                n=len(drawn), most=PEOPLE), where=sample.id)  # fmt: skip
        boxes = {who: self._boxes(items, sample) for who, items in sorted(drawn.items())}
        counts = {who: len(held.labels) if held else 0 for who, held in boxes.items()}
        rows = [
            [one, other, counts[one], counts[other], self._common(boxes[one], boxes[other])]
            for one, other in combinations(boxes, 2)
            if counts[one] + counts[other]
        ]
        if not rows:
            raise DataError(say("No two annotators drew boxes here"), where=sample.id)
        return rows

    def _drawn(self, sample: Sample) -> dict[str, tuple[Mapping[str, Any], ...]]:
        """Return annotator -> what they drew last."""
        held = decode_table(part_of(sample, self.annotations, "table"))
        drawn = {}
        for one in held if isinstance(held, list) else ():
            given = one.get("completed_by") if isinstance(one, Mapping) else None
            who = given.get("id") if isinstance(given, Mapping) else given
            if isinstance(who, int) and not one.get("was_cancelled"):
                drawn[str(who)] = tuple(results_of(one, timed=False).objects.items)
        return drawn

    def _boxes(self, items: Sequence[Mapping[str, Any]], sample: Sample) -> Boxes | None:
        if not any("box" in item or item.get("polygons") for item in items):
            return None
        held = boxed(items, PER_CENT, sample.id, self.annotations)
        return held.only(~held.flat & (held.turned == 0))

    def _common(self, one: Boxes | None, other: Boxes | None) -> int:
        if one is None or other is None:
            return 0
        same = np.array(one.labels)[:, None] == np.array(other.labels)[None, :]
        return len(partners(np.where(same, box_iou(one.sides, other.sides), 0.0), self.near_from)[0])

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture with two annotators or more, by sample id."""
        made = []
        for sample, rows in sorted(state.items()):
            share = sum(map(_share, rows)) / len(rows)
            issue = share < self.issue_below
            one, other, n, m, common = min(rows, key=_share)
            reason = say("{one} drew {n} boxes and {other} {m}; on {common} of them they agree",
                         one=one, other=other, n=n, m=m, common=common)  # fmt: skip
            made.append(Score(sample, self.name, share, share, issue, reason if issue else None))
        return made

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return in how many pictures annotators disagree, with the counts of each."""
        if not state:
            return []
        scores = sorted(self.scores(state), key=lambda score: (score.value, score.sample))
        torn = [score.sample for score in scores if score.issue]
        low, high = clopper_pearson(len(torn), len(state))
        what = say("In {n} of {of} pictures annotators agree on less than {share:.0%} of their boxes", n=len(torn),
                   of=len(state), share=self.issue_below)  # fmt: skip
        then = say("Look at these pictures together, and write down what is boxed and how tightly") if torn else None
        rest = (len(torn) / len(state), low, high, len(state), then, tuple(torn[:EXAMPLES]), tuple(_counted(state)))
        return [Finding(self.name, what, "warn" if torn else "note", *rest)]


def _share(row: Sequence[Any]) -> float:
    """Return the share of the boxes of two annotators that have a partner."""
    _, _, n, m, common = row
    return float(2 * common / (n + m))


def _counted(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return of each annotator how many boxes were compared with those of others, and how many had a partner."""
    found: dict[str, list[int]] = {}
    for rows in state.values():
        for one, other, n, m, common in rows:
            for who, drawn in ((one, n), (other, m)):
                before = found.setdefault(who, [0, 0])
                found[who] = [before[0] + drawn, before[1] + common]
    return [{"annotator": who, "compared": n, "agreed": common} for who, (n, common) in sorted(found.items())]
