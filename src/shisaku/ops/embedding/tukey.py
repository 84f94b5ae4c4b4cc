"""Tukey's ladder of powers: skewed features made more even."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.embedding.vectors import Vector
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import vector_of
from shisaku.store.codecs import encode_vector


@dataclass(frozen=True)
class Tukey(Transform):
    """Raise every number of a feature vector to a power, which makes skewed features more even.

    Tukey's ladder of powers (Tukey 1977, "Exploratory data analysis"): x to the `power`, the logarithm where `power`
    is 0. Of a negative number the power of the size is taken and the sign kept; the logarithm needs numbers above 0.
    1 changes nothing. `embedding.calibrate` with a power makes vectors on this scale, so that real vectors and tests
    must be brought onto it by this op as well.

    When it hurts: on features that are even already (most sentence embeddings) it makes two humps of one. Powers below
    1 make much of the differences between numbers near 0, which may be noise.

    Example::

        - {name: evened, op: embedding.tukey, from: features, with: {power: 0.5}}
    """

    name: ClassVar[str] = "embedding.tukey"
    reads: ClassVar[Mapping[str, Kind]] = {"embedding": "embedding"}
    writes: ClassVar[Mapping[str, Kind]] = {"embedding": "embedding"}
    makes: ClassVar[str] = "views"

    embedding: str = "features"
    power: float = 0.5

    def __post_init__(self) -> None:
        part_names(embedding=self.embedding)
        within("power", self.power, 0.0, 2.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return every sample with its vector on the other scale."""
        return one_by_one(batch, rngs, lambda sample, rng: self._view(sample))

    def _view(self, sample: Sample) -> Sample:
        made = laddered(vector_of(sample, self.embedding), self.power)
        return sample.with_part(self.embedding, Part("embedding", encode_vector(made)))


def laddered(vector: Vector, power: float) -> Vector:
    """Return the vector to the `power`, signs kept; its logarithm where that is 0. Raises DataError for log(<= 0)."""
    if power == 1.0:
        return vector
    if power == 0.0:
        if vector.min() <= 0.0:
            raise DataError(say("The logarithm needs numbers above 0, and the vector has {least:g}",
                                least=float(vector.min())))  # fmt: skip
        return np.asarray(np.log(vector), dtype=np.float32)
    return np.asarray(np.sign(vector) * np.abs(vector) ** np.float32(power), dtype=np.float32)
