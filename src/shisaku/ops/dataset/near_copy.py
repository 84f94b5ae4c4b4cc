"""Whether a sample is a copy of a real one that it was not made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.ops.dataset.reference import Reference, read_reference
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import measurable


@dataclass(frozen=True)
class NearCopy(Metric):
    """Score a sample by its distance from the nearest real sample of the reference, its own parents left out.

    `raw` is the largest cosine between its features and those of the reference (rows power-normalised and
    brought to length 1 by `transform`), the score is 1 - max(0, cosine); it is an issue from the cosine
    `near` on. A sample made from a parent is near that parent by design, so that one does not count.

    What it finds: memorised or copied items, as far as the features see them (image.embed). Among 150 small
    pictures and symbols, beside 300 others, copies at JPEG quality 80 in 100 %, 40 in 93 %, 20 in 73 % and 10
    in 40 %, copies with 0.95 of each side in 100 %, 0.9 in 93 % and 0.8 in 47 %; but by the rule of 5 % false
    alarms that is no limit, since it also called 7 % [4, 13] of those that are no copies: symbols of one kind
    are that near. Areas under the ROC curve from 0.93 on at quality 20, 0.95 at 0.9 of a side. Of 235 pictures
    without symbols it called none (the nearest had 0.86), and found 78 % of copies at half size.
    When it hurts: features of a classifier are blind to identity: two photos of one scene, or two simple
    drawings of one class, can be nearer than a cropped copy. Look at what it flags. It compares with what is
    in the reference and with nothing else.

    Example::

        - {name: copies, op: dataset.near_copy, from: composite, reference: task}
    """

    name: ClassVar[str] = "dataset.near_copy"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n)"

    features: str = "features"
    near: float = 0.9
    transform: RowTransform = "sqrt_l2"

    def __post_init__(self) -> None:
        part_names(features=self.features)
        within("near", self.near, 0.0, 1.0)
        one_of("transform", self.transform, ROW_TRANSFORMS)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [cosine to the nearest, its id] (0 and no id where only parents are left).

        Raises RecipeError without a reference, DataError where the reference lacks features.
        """
        real = read_reference(reference, self.features, self.name)
        rows = np.asarray(transform_rows(real.rows, self.transform), dtype=np.float64)
        ids = [sample.id for sample in real.samples]
        return dict(measurable(batch, lambda sample: self._nearest(sample, real, rows, ids)))

    def _nearest(self, sample: Sample, real: Reference, rows: Any, ids: Sequence[str]) -> list[Any]:
        row = transform_rows(real.row_of(sample, self.features)[None], self.transform)[0]
        cosines = rows @ row
        own = {sample.id, *sample.parents}
        best = max((i for i in range(len(ids)) if ids[i] not in own), key=lambda i: cosines[i], default=None)
        return [0.0, ""] if best is None else [float(cosines[best]), ids[best]]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        return [
            Score(sample, self.name, 1.0 - min(1.0, max(0.0, cosine)), cosine, cosine >= self.near)
            for sample, (cosine, _) in sorted(state.items())
        ]
