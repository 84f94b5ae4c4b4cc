"""When two samples mean nearly the same to a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.learn.neighbours import leaders, nearest_rows, unit_rows
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.message import Message, say
from shisaku.ops.alike.likeness import Distances, Likeness, Near, Places
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.reading import vector_of


@dataclass(frozen=True)
class Meaning(Likeness):
    """Two samples are alike if the cosine of their features (rows transformed by `transform`) is `near_from` or more.

    Features of another length than most are not compared, nor are those that are all zero.
    """

    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}

    features: str = "features"
    near_from: float = 0.95
    transform: RowTransform = "sqrt_l2"

    def __post_init__(self) -> None:
        super().__post_init__()
        part_names(features=self.features)
        within("near_from", self.near_from, 0.0, 1.0)
        one_of("transform", self.transform, ROW_TRANSFORMS)

    @property
    def limit(self) -> float:
        """How far the cosine may be from 1."""
        return 1.0 - self.near_from

    def read(self, sample: Sample) -> Any:
        """Return the features, or None where they are all zero."""
        vector = vector_of(sample, self.features)
        return vector if vector.any() else None

    def extent(self, sample: Sample) -> float:
        """Return 0: features do not tell how large the original was."""
        return 0.0

    def index(self, prints: Sequence[Any]) -> Any:
        """Return the rows at length 1."""
        return self._rows(prints)

    def near(self, prints: Sequence[Any], index: Any) -> Near:
        """Return each with the row nearest to it, where it is near enough."""
        rows = self._rows(prints)
        if not len(rows) or rows.shape[1] != index.shape[1]:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        place, cosine = nearest_rows(rows, index, 1)
        same = np.flatnonzero(cosine[:, 0] >= self.near_from)
        return same, place[same, 0], _apart(cosine[same, 0])

    def groups(self, prints: Sequence[Any]) -> tuple[Places, Distances]:
        """Return the keeper of each and its distance, without a list of pairs: thousands may mean the same."""
        keeper, cosine = leaders(self._rows(prints), self.near_from)
        return keeper, _apart(cosine)

    def told(self, distance: float) -> Message:
        """Say the cosine."""
        return say("the cosine of their features is {cosine:.3f}", cosine=1.0 - distance)

    def _rows(self, prints: Sequence[Any]) -> Any:
        if not len(prints):
            return np.zeros((0, 0), np.float32)
        width = Counter(one.size for one in prints).most_common(1)[0][0]
        rows = np.stack([one if one.size == width else np.zeros(width) for one in prints]).astype(np.float64)
        return unit_rows(transform_rows(rows, self.transform))


def _apart(cosine: Any) -> Distances:
    return np.asarray(np.clip(1.0 - cosine.astype(np.float64), 0.0, 1.0))
