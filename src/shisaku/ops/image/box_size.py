"""Whether boxes are of a size that is usual for their class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.ops.grade import higher_is_better, lower_is_better
from shisaku.ops.image.box_reading import boxes_of, ground_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable

Floats = npt.NDArray[np.float64]
FEW = 30  # boxes that a class must have to be compared with itself; rarer ones are compared with all
FLOOR = 0.5  # of the log odds: where all are of one size, a little more or less is not odd
NORMAL_95 = 1.6448536269514722  # the 95th percentile of a normal distribution, in standard deviations
LEAST = 1e-12  # of the picture: what is next to nothing has log odds all the same
WHOLE = 0.99  # share of the picture from which on a box is as good as all of it


@dataclass(frozen=True)
class BoxSize(Metric):
    """Score a picture by its box of the least usual size.

    The size of a box is its share of the picture (at most 0.99). Its log odds, which tell a tenth from a hundredth as
    well as half from all, are compared with the median of its class; classes of fewer than 30 boxes are compared with
    all boxes. The unit is how far the 5th or the 95th percentile of its side lies from there, over 1.645: a standard
    deviation where the log odds are normal, wider where many boxes are far by nature, and at least 0.5. `raw` is the
    distance that is farthest from 0, with its sign; from `far` on, either way, it is an issue. So is a box whose
    shorter side has less than `least_px` pixels of the source file. Crowd regions and boxes without area are left out.

    What it finds: in 200 photographs with cut-outs laid on them (simulated layouts), one box in a fifth of the
    pictures with sides 64 times too small in 95 % (32 times: 68 %, 8 times: 13 %), or over 95 % of the picture always
    (90 %: 55 %, 80 %: 15 %); in 192 with a box around each piece of edge, whose sizes differ more, 16 times too small
    in 82 %, and too large never: 12 % of these pictures have a box over 90 % of them anyway. A side of 1.7 pixels
    always. No false alarm in either source (0 to 1.9 %).
    When it hurts: near things are large and far ones small: where distances differ widely, only the extreme is odd.
    A wrong box of a usual size is not seen, and thin things (poles, wires) are truly a pixel or two wide.

    Example::

        - {name: box_size, op: image.box_size, with: {far: 4.0, least_px: 2.0}}
    """

    name: ClassVar[str] = "image.box_size"
    reads: ClassVar[Mapping[str, Kind]] = {"objects": "table", "image": "image"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"far", "least_px"})

    objects: str = "objects"
    image: str = "image"
    far: float = 4.0
    least_px: float = 2.0

    def __post_init__(self) -> None:
        part_names(objects=self.objects, image=self.image)
        within("far", self.far, 0.5, 100.0)
        within("least_px", self.least_px, 0.0, 1e6)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [label, name, share of the picture, pixels of the shorter side] of every box."""
        return dict(measurable(batch, self._read))

    def _read(self, sample: Sample) -> list[list[Any]]:
        boxes = boxes_of(sample, self.objects)
        ground = ground_of(sample, self.image, boxes.frame)
        boxes = boxes.only(~boxes.crowd & ~boxes.flat)
        if not boxes.labels:
            raise DataError(say("No box in part {part} can be compared", part=self.objects), where=sample.id)
        shares = np.clip((boxes.sides[:, 2:] / np.array(ground.size)).prod(axis=1), LEAST, WHOLE).tolist()
        short = (boxes.sides[:, 2:] * np.array(ground.pixels)).min(axis=1).tolist()
        return [list(row) for row in zip(boxes.labels, boxes.names, shares, short, strict=True)]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        names = sorted(state)
        labels = np.array([row[0] for name in names for row in state[name]], dtype=np.str_)
        shares = np.array([row[2] for name in names for row in state[name]], dtype=np.float64)
        distances, usual = _distances(labels, shares)
        made, start = [], 0
        for name in names:
            rows = state[name]
            here = slice(start, start + len(rows))
            made.append(self._score(name, rows, distances[here], usual[here]))
            start = here.stop
        return made

    def _score(self, sample: str, rows: Sequence[Sequence[Any]], far: Floats, usual: Floats) -> Score:
        odd, thin = int(np.abs(far).argmax()), min(range(len(rows)), key=lambda k: rows[k][3])
        distance, short = float(far[odd]), rows[thin][3]
        sized, thick = lower_is_better(abs(distance), self.far), higher_is_better(short, self.least_px)
        issue = abs(distance) >= self.far or short < self.least_px
        reason: Message | None = None
        if issue and thick <= sized:
            reason = say("{name} ({label}) is {short:.2f} pixels wide or high, less than {least:g}",
                         name=rows[thin][1], label=rows[thin][0], short=short, least=self.least_px)  # fmt: skip
        elif issue:
            label, name, share, _ = rows[odd]
            reason = say("{name} ({label}) takes {share:.3%} of the picture, where {usual:.3%} is usual",
                         name=name, label=label, share=share, usual=float(usual[odd]))  # fmt: skip
        return Score(sample, self.name, min(sized, thick), distance, issue, reason)


def _distances(labels: npt.NDArray[np.str_], shares: Floats) -> tuple[Floats, Floats]:
    """Return of each box the distance from what is usual for its class, and the share that is usual."""
    odds = np.log(shares / (1.0 - shares))
    far, usual = _distance(odds), np.full(len(odds), np.median(odds) if len(odds) else 0.0)
    _, kinds, counts = np.unique(labels, return_inverse=True, return_counts=True)
    for kind in np.flatnonzero(counts >= FEW):
        own = kinds == kind
        far[own], usual[own] = _distance(odds[own]), np.median(odds[own])
    return far, 1.0 / (1.0 + np.exp(-usual))


def _distance(odds: Floats) -> Floats:
    if not len(odds):
        return odds
    low, middle, high = np.percentile(odds, [5, 50, 95])
    away = odds - middle
    spread = np.where(away > 0, high - middle, middle - low) / NORMAL_95
    return np.asarray(away / np.maximum(FLOOR, spread))
