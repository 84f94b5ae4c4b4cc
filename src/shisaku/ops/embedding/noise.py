"""Noise around a vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.embedding.vectors import vector_child
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import vector_of


@dataclass(frozen=True)
class Noise(Transform):
    """Add Gaussian noise to a feature vector: the simplest of the ways to make points in feature space.

    Every number gets noise of its own with standard deviation `strength` times the root mean square of the vector, so
    that the noise is about `strength` times as long as the vector itself, in a direction of its own. With `keep_length`
    the sum is brought back to the length that the vector had, as embeddings of length 1 need it. 0 changes nothing.
    The method is that of noise on hidden units (Bishop 1995, "Training with noise is equivalent to Tikhonov
    regularization"). The child holds the vector alone.

    When it hurts: noise of one size in all directions is not how classes vary. In many dimensions nearly all of it
    points out of the space where real vectors lie, and from a strength of about half of the distance to the nearest
    other class on, labels are false. With a linear learner it acts as a stronger penalty and as nothing else.

    Example::

        - {name: noisy, op: embedding.noise, from: features, rounds: 5, with: {strength: 0.1}}
    """

    name: ClassVar[str] = "embedding.noise"
    reads: ClassVar[Mapping[str, Kind]] = {"embedding": "embedding"}
    writes: ClassVar[Mapping[str, Kind]] = {"embedding": "embedding"}
    makes: ClassVar[str] = "children"

    embedding: str = "features"
    strength: float = 0.1
    keep_length: bool = True

    def __post_init__(self) -> None:
        part_names(embedding=self.embedding)
        within("strength", self.strength, 0.0, 10.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one vector near that of every sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        vector = vector_of(sample, self.embedding)
        drawn = rng.standard_normal(vector.size)
        made = vector
        if self.strength:
            exact = vector.astype(np.float64)
            noisy = exact + self.strength * np.sqrt(np.mean(np.square(exact))) * drawn
            length = float(np.linalg.norm(noisy))
            scale = float(np.linalg.norm(exact)) / length if self.keep_length and length > 0 else 1.0
            made = np.asarray(noisy * scale, dtype=np.float32)
        return vector_child(sample, self.name, self.embedding, made, {"noise": f"{self.strength:g}"})
