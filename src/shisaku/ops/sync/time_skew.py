"""Whether the sensors of one key frame looked at the same moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import part_of
from shisaku.ops.sync.deviation import Deviation, worst
from shisaku.ops.sync.systematic import systematic
from shisaku.store.codecs import decode_image, decode_points


@dataclass(frozen=True)
class TimeSkew(Metric):
    """Score a key frame by the time between its image and its point cloud.

    Times are the spans of the two parts on one clock. `raw` is image minus points in ms. An issue is a skew of more
    than `most_ms`, or one that is more than `jitter_ms` away from the median of the dataset: a camera that is
    triggered as the LiDAR sweeps past it is always a little early or late, by the same time. The finding gives the
    median with its interval, and what it means at a speed: 50 ms at 100 km/h are 1.4 m.

    What it finds: in a simulated drive of 80 key frames a camera that is late by 20 ms in every fifth with recall 1.0
    and no false alarm; 10 ms is within `jitter_ms`.
    When it hurts: it compares what the log says. Clocks that are wrong say nothing about it: see
    `sync.camera_lidar`. A sweep takes 50 to 100 ms itself; its time is one moment of that.

    Example::

        - {name: skew, op: sync.time_skew, from: data, with: {image: CAM_FRONT, points: LIDAR_TOP, most_ms: 50}}
    """

    name: ClassVar[str] = "sync.time_skew"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image", "points": "points"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"most_ms", "jitter_ms"})

    image: str = "CAM_FRONT"
    points: str = "LIDAR_TOP"
    most_ms: float = 60.0
    jitter_ms: float = 15.0

    def __post_init__(self) -> None:
        part_names(image=self.image, points=self.points)
        within("most_ms", self.most_ms, 0.1, 1e6)
        within("jitter_ms", self.jitter_ms, 0.1, 1e6)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> image minus points, ms."""
        return dict(measurable(batch, self._skew))

    def _skew(self, sample: Sample) -> float:
        image, points = part_of(sample, self.image, "image"), part_of(sample, self.points, "points")
        if image.span is None or points.span is None or not image.clock or image.clock != points.clock:
            raise DataError(say("The parts have no times on one clock"), where=sample.id)
        decode_image(image), decode_points(points)
        return (sum(image.span) - sum(points.span)) / 2 * 1e3

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per key frame, by sample id."""
        usual = median(state.values()) if state else 0.0
        return [self._score(sample, float(skew), usual) for sample, skew in sorted(state.items())]

    def _score(self, sample: str, skew: float, usual: float) -> Score:
        said = say(
            "{image} is {skew:+.1f} ms from {points}; in this dataset it is {usual:+.1f} ms",
            image=self.image,
            skew=skew,
            points=self.points,
            usual=usual,
        )
        found = [Deviation(abs(skew), self.most_ms, said), Deviation(abs(skew - usual), self.jitter_ms, said)]
        score = worst(sample, self.name, found)
        return Score(sample, self.name, score.value, skew, score.issue, said)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the median skew with its interval."""
        first = say("positive: the image comes after the points")
        return systematic("time_skew", dict(state), len(state), first, (-self.most_ms, self.most_ms), self.most_ms)
