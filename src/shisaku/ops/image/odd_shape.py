"""Whether a picture is of a shape that is usual in its data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.grade import lower_is_better
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import image_of
from shisaku.stats.robust import robust_distance

FLOOR = 0.2  # of the natural logarithm of the ratio: among pictures of one shape, 4:3 beside 16:9 is not odd


@dataclass(frozen=True)
class OddShape(Metric):
    """Score whether a picture is no more stretched than the pictures of the same data (odd aspect ratio).

    The logarithm of longer over shorter side, upright or lying alike, is compared with the median of all, in robust
    standard deviations of its side (`stats.robust`, at least 0.2). `raw` is longer over shorter side; from the
    distance `far` on it is an issue (more stretched only, never more square); the score is 0.5 there.

    What it finds: among 192 photographs, 3 % of them strips, those of 4 : 1 with recall 1.0 (3 : 1: none), without a
    false alarm; among 538 cut-outs, whose shapes differ more, it calls 0.6 % (a bassoon, a pen of 6 : 1).
    When it hurts: what is long by nature (pens, panoramas among portraits) is called. A picture squeezed out of its
    true proportions into a usual shape is not seen.

    Example::

        - {name: odd_shape, op: image.odd_shape, with: {far: 4}}
    """

    name: ClassVar[str] = "image.odd_shape"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"far"})

    image: str = "image"
    far: float = 4.0

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("far", self.far, 0.5, 100.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> longer over shorter side."""
        return dict(measurable(batch, self._stretch))

    def _stretch(self, sample: Sample) -> float:
        height, width = image_of(sample, self.image).shape[:2]
        return float(max(height, width) / min(height, width))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        names = sorted(state)
        logs = np.array([math.log(state[name]) for name in names])
        usual = float(np.exp(np.median(logs))) if names else 1.0
        made = []
        for name, distance in zip(names, robust_distance(logs, FLOOR).tolist(), strict=True):
            stretch, far = state[name], max(0.0, distance)
            issue = far >= self.far
            reason = say("Sides of {stretch:.1f} : 1, where {usual:.1f} : 1 is usual", stretch=stretch, usual=usual)
            value = lower_is_better(far, self.far)
            made.append(Score(name, self.name, value, stretch, issue, reason if issue else None))
        return made
