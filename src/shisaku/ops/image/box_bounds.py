"""Whether boxes lie in their picture and have an area, and whether they were drawn on this picture at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.grade import lower_is_better
from shisaku.ops.image.box_reading import Boxes, Ground, boxes_of, ground_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.stats.proportions import clopper_pearson

EXAMPLES = 20
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


@dataclass(frozen=True)
class BoxBounds(Metric):
    """Score a picture by how many of its boxes reach out of it or have no area.

    A box reaches out where a corner of it lies more than `tolerance_px` pixels of the source file beyond an edge; one
    whose width or height is 0 or less has no area. Where the file says of the picture that its sides are in a
    proportion which is another by more than the share `stretch` (stored lying and shown upright, exported at another
    shape, another picture), every box is in a wrong place and counts. `raw` is their number; one is an issue. The
    findings count the pictures of either kind.

    What it finds: in 200 photographs with cut-outs laid on them (simulated layouts) and 192 with a box around each
    piece of edge: one box of a picture that reaches out by 1.5 pixels always, by 0.5 never; the far corner written for
    width and height in a tenth of the boxes in 73 and 92 % of the pictures, in half of them in 95 and 100 %; a file
    that says one side to be 1.03 times as long always, 1.02 times never. No false alarm (0 to 1.9 %).
    When it hurts: objects that go on beyond the edge are boxed beyond it on purpose in some data (amodal boxes). A
    box inside the picture may still be in a wrong place; a picture that was made smaller together with the size in the
    file, but not with the boxes, is seen only where they come to lie outside.

    Example::

        - {name: box_bounds, op: image.box_bounds, with: {tolerance_px: 1.0}}
    """

    name: ClassVar[str] = "image.box_bounds"
    reads: ClassVar[Mapping[str, Kind]] = {"objects": "table", "image": "image"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"tolerance_px", "stretch"})

    objects: str = "objects"
    image: str = "image"
    tolerance_px: float = 1.0
    stretch: float = 0.02

    def __post_init__(self) -> None:
        part_names(objects=self.objects, image=self.image)
        within("tolerance_px", self.tolerance_px, 0.0, 1e6)
        within("stretch", self.stretch, 0.0, 10.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> ``boxes`` (their number), and what is wrong with some: ``out``, ``flat``, ``frame``."""
        return dict(measurable(batch, self._read))

    def _read(self, sample: Sample) -> dict[str, Any]:
        boxes = boxes_of(sample, self.objects)
        ground = ground_of(sample, self.image, boxes.frame)
        told = list(zip(boxes.names, boxes.labels, strict=True))
        beyond = _beyond(boxes, ground).tolist()
        return {
            "boxes": len(told),
            "out": [[far, *told[k]] for k, far in enumerate(beyond) if far > 0],
            "flat": [list(told[k]) for k in np.flatnonzero(boxes.flat)],
            "frame": [ground.apart, [*ground.size], [*ground.source]],
        }

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        return [self._score(sample, held) for sample, held in sorted(state.items())]

    def _score(self, sample: str, held: Mapping[str, Any]) -> Score:
        out = [row for row in held["out"] if row[0] > self.tolerance_px]
        wrong = held["boxes"] if self._elsewhere(held) else len(out) + len(held["flat"])
        reason: Message | None = None
        if self._elsewhere(held):
            _, (wide, high), (width, height) = held["frame"]
            reason = say("The boxes were drawn on {wide:g} x {high:g} pixels; the picture has {width} x {height}",
                         wide=wide, high=high, width=width, height=height)  # fmt: skip
        elif out:
            far, name, label = max(out, key=lambda row: row[0])
            reason = say("{n} boxes reach out of the picture, {name} ({label}) by {far:.1f} pixels", n=len(out),
                         name=name, label=label, far=far)  # fmt: skip
        elif wrong:
            name, label = held["flat"][0]
            reason = say("{n} boxes have no area: {name} ({label})", n=wrong, name=name, label=label)
        return Score(sample, self.name, lower_is_better(wrong, 1.0), float(wrong), wrong > 0, reason)

    def _elsewhere(self, held: Mapping[str, Any]) -> bool:
        return bool(held["frame"][0] > self.stretch)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return in how many pictures boxes lie outside, and how many are not those that the boxes were drawn on."""
        if not state:
            return []
        elsewhere = sorted(sample for sample, held in state.items() if self._elsewhere(held))
        called = [score for score in self.scores(state) if score.issue and score.sample not in elsewhere]
        out = [one.sample for one in sorted(called, key=lambda one: (-one.raw, one.sample))]
        boxes = sum(round(one.raw) for one in called)
        n = len(state)
        what = say("In {n} of {of} pictures boxes reach out or have no area ({boxes} boxes)", n=len(out), of=n,
                   boxes=boxes)  # fmt: skip
        then = say("Cut the boxes at the edge, and see whether corners were written as width and height")
        found = [_finding("box_bounds", what, then, out, n)]
        if elsewhere:
            what = say("{n} of {of} pictures have another shape than the file of their boxes says", n=len(elsewhere),
                       of=n)  # fmt: skip
            then = say("See whether the tool turned pictures upright (EXIF), and whether files were mixed up")
            found.append(_finding("box_frame", what, then, elsewhere, n))
        return found


def _finding(name: str, what: Message, then: Message, having: Sequence[str], n: int) -> Finding:
    low, high = clopper_pearson(len(having), n)
    rest = (len(having) / n, low, high, n, then if having else None, tuple(having[:EXAMPLES]))
    return Finding(name, what, "warn" if having else "note", *rest)


def _beyond(boxes: Boxes, ground: Ground) -> npt.NDArray[np.float64]:
    """Return by how many pixels of the source the farthest corner of each box is outside; 0 of those without area."""
    unit = np.array(ground.pixels)
    corner, side = boxes.sides[:, None, :2] * unit, boxes.sides[:, None, 2:] * unit * CORNERS
    angle = np.deg2rad(boxes.turned)[:, None]
    across, down = side[..., 0], side[..., 1]
    turned = np.stack(
        [across * np.cos(angle) - down * np.sin(angle), across * np.sin(angle) + down * np.cos(angle)], axis=-1
    )
    at = corner + turned
    far = np.maximum(-at, at - np.array(ground.size) * unit).max(axis=(1, 2))
    return np.where(boxes.flat, 0.0, np.maximum(far, 0.0))
