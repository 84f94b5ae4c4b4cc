"""Whether a picture is as large as the others of its data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.grade import lower_is_better
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import image_of
from shisaku.stats.robust import robust_distance

FLOOR = 0.25  # of the natural logarithm of the area: where all are of one size, a little more or less is not odd


@dataclass(frozen=True)
class OddSize(Metric):
    """Score whether the size of a picture is usual among the pictures of the same data.

    The size is that of the source file (fact ``<part>_size``), else that of the pixels at hand. The logarithm of its
    area is compared with the median of all, in robust standard deviations of its side (`stats.robust`, at least 0.25).
    `raw` is that distance with its sign; from `far` on, either way, it is an issue; the score is 0.5 there.

    What it finds: among 192 photographs, 3 % of them made smaller, those with sides a third as long with recall 0.83
    (half as long: 0.67), from a quarter on all; no false alarm. Among pictures of one size, 1.9 times the side is
    odd.
    When it hurts: where sizes differ widely by nature, only the extreme is odd; in data of two natural sizes the
    rarer one may be called as a whole (12 % of the symbols among the stamps, a series of larger drawings).

    Example::

        - {name: odd_size, op: image.odd_size, with: {far: 4}}
    """

    name: ClassVar[str] = "image.odd_size"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"far"})

    image: str = "image"
    far: float = 5.0

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("far", self.far, 0.5, 100.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [width, height] of the source file."""
        return dict(measurable(batch, self._size))

    def _size(self, sample: Sample) -> list[int]:
        height, width = image_of(sample, self.image).shape[:2]
        told = sample.facts.get(f"{self.image}_size", "").split("x")
        whole = len(told) == 2 and all(side.isascii() and side.isdigit() and int(side) for side in told)
        return [int(side) for side in told] if whole else [width, height]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        names = sorted(state)
        areas = np.array([math.log(state[name][0] * state[name][1]) for name in names])
        usual = float(np.exp(np.median(areas))) if names else 1.0
        made = []
        for name, distance in zip(names, robust_distance(areas, FLOOR).tolist(), strict=True):
            issue = abs(distance) >= self.far
            reason = _reason(state[name], usual) if issue else None
            made.append(Score(name, self.name, lower_is_better(abs(distance), self.far), distance, issue, reason))
        return made


def _reason(size: Sequence[int], usual: float) -> Message:
    width, height = size
    times = width * height / usual
    if times > 1.0:
        return say("{width} x {height} pixels: {times:.1f} times the usual area", width=width, height=height,
                   times=times)  # fmt: skip
    return say("{width} x {height} pixels: the usual area is {times:.1f} times as large", width=width, height=height,
               times=1.0 / times)  # fmt: skip
