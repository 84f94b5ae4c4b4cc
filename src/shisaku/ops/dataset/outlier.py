"""Whether a sample is like any others of its data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.learn.neighbours import nearest_rows, unit_rows
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.message import Message, say
from shisaku.ops.grade import lower_is_better
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of
from shisaku.stats.robust import TO_SD, robust_distance

FEW = 20  # samples: fewer have no distribution to be out of
FLOOR = 0.05  # of the natural logarithm of the distance
NEAREST = 1e-6
ROWS_FOR_EACH = 4  # samples per principal component, at least
Rows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outlier(Metric):
    """Score whether a sample lies where others of the same data do, seen through its features.

    Two distances are taken of the features (rows transformed by `transform`). Alone: 1 less the mean cosine to the
    `neighbours` nearest (Ramaswamy, Rastogi and Shim 2000; the out-of-distribution score of Kuan and Mueller 2022 and
    of cleanlab); this is `raw`. Aside: the distance from the median along the first `components` principal components,
    each in its own robust standard deviations (the score distance of Hubert, Rousseeuw and Vanden Branden 2005), which
    finds a small heap of odd samples too, that have each other for neighbours. The logarithms of either are compared
    with the median of all in robust standard deviations (`stats.robust`); an issue is what lies so far out in one of
    them that only the share `alarms` of ordinary samples would, were the logarithms normal. The score is 0.5 there.

    What it finds: little, and it says so: no limit by the rule of 0.8. With image.embed, 3 % of the pictures being
    white noise, about half of them (0.5 of 6 among 192 photographs, 0.58 of 24 among 785 stamps; mixed with the
    picture, none); of stamps among photographs or photographs among stamps at most one of six, and of prompts among
    captions (text.embed) 0.08. False alarms: 4 % of the photographs, 0.6 % of the stamps, 0.3 % of the captions
    (stamps and captions at `alarms` 0.025).
    When it hurts: data of many kinds have no middle to be far from, and features of a classifier see what it was
    taught. A score of 0.5 sorts: what is at the top of the list is odd more often than the rest (area under the ROC
    curve of the first distance 0.9 for stamps among photographs), but its threshold misses most.

    Example::

        - {name: odd_images, op: dataset.outlier, from: seen, with: {alarms: 0.001}}
    """

    name: ClassVar[str] = "dataset.outlier"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"neighbours", "components", "transform", "alarms"})
    tolerance: ClassVar[float] = 1e-3

    features: str = "features"
    neighbours: int = 10
    components: int = 16
    transform: RowTransform = "sqrt_l2"
    alarms: float = 0.02

    def __post_init__(self) -> None:
        part_names(features=self.features)
        within("neighbours", self.neighbours, 1, 1000)
        within("components", self.components, 1, 1000)
        within("alarms", self.alarms, 1e-9, 0.5)
        one_of("transform", self.transform, ROW_TRANSFORMS)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> features."""
        return dict(measurable(batch, lambda sample: vector_of(sample, self.features)))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample with as many features as most have, by sample id."""
        from scipy.stats import norm

        names = comparable({name: len(vector) for name, vector in state.items()})
        if not names:
            return []
        vectors = np.stack([state[name] for name in names]).astype(np.float64)
        rows = np.asarray(transform_rows(vectors, self.transform), dtype=np.float64)
        distances = _alone(rows, self.neighbours)
        alone = _far(distances)
        aside = _far(_aside(rows, min(self.components, len(rows) // ROWS_FOR_EACH)))
        limit = float(norm.isf(self.alarms / 2.0))  # of each of the two
        made = []
        for name, distance, one, other in zip(names, distances.tolist(), alone.tolist(), aside.tolist(), strict=True):
            out = max(one, other)
            issue = out >= limit
            reason = self._reason(distance, one, other) if issue else None
            made.append(Score(name, self.name, lower_is_better(out, limit), distance, issue, reason))
        return made

    def _reason(self, distance: float, alone: float, aside: float) -> Message:
        if alone >= aside:
            return say("Alone: {distance:.2f} from its {k} nearest, {out:.1f} robust standard deviations out",
                       distance=distance, k=self.neighbours, out=alone)  # fmt: skip
        return say("Aside: {out:.1f} robust standard deviations out along the main directions of the data", out=aside)


def _alone(rows: Rows, k: int) -> npt.NDArray[np.float64]:
    """Return 1 less the mean cosine to the k nearest other rows."""
    if len(rows) < 2:
        return np.zeros(len(rows))
    units = unit_rows(rows)
    _, cosines = nearest_rows(units, units, min(k, len(rows) - 1), same=True)
    return np.asarray(np.maximum(0.0, 1.0 - cosines.mean(axis=1, dtype=np.float64)), dtype=np.float64)


def _aside(rows: Rows, components: int) -> npt.NDArray[np.float64]:
    """Return the distance from the median along the first principal components, each in robust deviations."""
    if components < 1:
        return np.zeros(len(rows))
    centred = rows - np.median(rows, axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    along = centred @ axes[:, ::-1][:, :components]
    away = along - np.median(along, axis=0)
    spread = np.maximum(TO_SD * np.median(np.abs(away), axis=0), NEAREST)
    return np.asarray(np.sqrt(((away / spread) ** 2).sum(axis=1)), dtype=np.float64)


def _far(distances: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how far above the median in robust standard deviations of the logarithm; 0 where there are few."""
    if len(distances) < FEW:
        return np.zeros(len(distances))
    return np.maximum(0.0, robust_distance(np.log(np.maximum(distances, NEAREST)), FLOOR))


def comparable(sizes: Mapping[str, int]) -> list[str]:
    """Return the ids whose size is the commonest (the smaller one of two), sorted."""
    counts = Counter(sizes.values())
    common = max(counts, key=lambda size: (counts[size], -size), default=0)
    return sorted(name for name, size in sizes.items() if size == common)
