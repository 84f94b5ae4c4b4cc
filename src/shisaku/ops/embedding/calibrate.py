"""Vectors drawn from a distribution that is calibrated with classes of which more is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.embedding.tukey import laddered
from shisaku.ops.embedding.vectors import alike_in_size, vector_child, vectors_of
from shisaku.ops.fellows import by_label, sorted_pool
from shisaku.ops.labelled import label_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import vector_of

Rows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Base:
    """The vectors of one class of the pool: whose they are, their mean, and their deviations from it [n, d]."""

    ids: tuple[str, ...]
    mean: Rows
    deviations: Rows

    @classmethod
    def of(cls, ids: Sequence[str], rows: Rows) -> Base:
        """Return the statistics of the rows [n, d], n >= 2."""
        mean = rows.mean(axis=0)
        return cls(tuple(ids), mean, rows - mean)

    def draw(self, rng: np.random.Generator) -> Rows:
        """Return a draw from the normal distribution with mean 0 and this class's covariance (divided by n - 1)."""
        # A weighted sum of deviations has that covariance, and no matrix of d x d is ever built.
        weights = rng.standard_normal(len(self.deviations)) / np.sqrt(len(self.deviations) - 1)
        return np.asarray(weights @ self.deviations)


@dataclass(frozen=True)
class Calibrate(Transform):
    """Draw a feature vector from a normal distribution around a sample, calibrated with the nearest known classes.

    Distribution calibration (Yang, Liu and Xu 2021, "Free lunch for few-shot learning"): the sample's vector is raised
    to `power` (Tukey's ladder, see `embedding.tukey`); of the classes of the pool other than its own, with two vectors
    or more each, the `k` whose means are nearest (Euclid) lend their statistics. The mean of the distribution is that
    of their means and the sample's vector together, the covariance is the mean of theirs with `alpha` added to every
    entry, as in the paper. One draw for every child; ask for several with ``rounds``. The paper takes power 0.5, k 2,
    alpha 0.21. Children of a power other than 1 are on that scale, and what they are compared with must be brought onto
    it by `embedding.tukey`. The fact ``calibrated_with`` names the classes, all samples of which are parents too. The
    child holds the vector alone.

    When it hurts: it lends the spread of other classes, so those must vary as this one does: base classes of
    another kind, or a handful of vectors in each, mislead. The mean moves from the sample towards them: with k = 2 by
    two thirds, which is much where classes lie far apart. `alpha` is in the units of the features: 0.21 drowns vectors
    of length 1. Classes of the pool must not be those that the study tests on.

    Example::

        - {name: calibrated, op: embedding.calibrate, from: features, pool: base_classes, rounds: 20, with: {k: 2}}
    """

    name: ClassVar[str] = "embedding.calibrate"
    reads: ClassVar[Mapping[str, Kind]] = {"embedding": "embedding"}
    writes: ClassVar[Mapping[str, Kind]] = {"embedding": "embedding"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    embedding: str = "features"
    label: str = ""
    k: int = 2
    power: float = 1.0
    alpha: float = 0.0

    def __post_init__(self) -> None:
        part_names(embedding=self.embedding)
        within("k", self.k, 1, 1000)
        within("power", self.power, 0.0, 2.0)
        within("alpha", self.alpha, 0.0, 1e6)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one drawn vector per sample. Raises RecipeError without a pool."""
        classes = by_label(sorted_pool(self.name, pool), self.label)
        held = {value: vectors_of(members, self.embedding) for value, members in sorted(classes.items())}
        known: dict[tuple[str, int], Base | None] = {}

        def base(value: str, size: int) -> Base | None:
            if (value, size) not in known:
                ids = [one for one, vector in held[value].items() if vector.size == size]
                rows = np.array([held[value][one] for one in ids], dtype=np.float64)
                known[value, size] = Base.of(ids, rows) if len(ids) > 1 else None
            return known[value, size]

        def child(sample: Sample, rng: np.random.Generator) -> Sample:
            vector, own = vector_of(sample, self.embedding), label_of(sample, self.label)
            alike_in_size({one: v for value in held for one, v in held[value].items()}, vector.size)
            found = {value: base(value, vector.size) for value in held if value != own}
            return self._child(sample, rng, {value: one for value, one in found.items() if one})

        return one_by_one(batch, rngs, child)

    def _child(self, sample: Sample, rng: np.random.Generator, bases: Mapping[str, Base]) -> Sample:
        if not bases:
            raise DataError(say("The pool has no other class with two vectors or more"), where=sample.id)
        vector = laddered(vector_of(sample, self.embedding), self.power).astype(np.float64)
        chosen = nearest(vector, bases, self.k)
        mean = (vector + sum(bases[value].mean for value in chosen)) / (len(chosen) + 1)
        # The mean of k covariances, and a constant matrix: sums of independent draws of each.
        spread = sum(bases[value].draw(rng) for value in chosen) / np.sqrt(len(chosen))
        made = np.asarray(mean + spread + np.sqrt(self.alpha) * rng.standard_normal())
        lenders = tuple(one for value in chosen for one in bases[value].ids)
        facts = {"calibrated_with": ", ".join(chosen)}
        return vector_child(sample, self.name, self.embedding, made, facts, lenders)


def nearest(vector: Rows, bases: Mapping[str, Base], k: int) -> list[str]:
    """Return the up to `k` classes with the nearest means, the nearest first; equal ones by name."""
    far = {value: float(np.sum(np.square(base.mean - vector))) for value, base in bases.items()}
    return sorted(far, key=lambda value: (far[value], value))[:k]
