"""The vectors of a pool, and children that are a vector alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.reading import vector_of
from shisaku.store.codecs import encode_vector

Vector = npt.NDArray[np.float32]


def vectors_of(pool: Sequence[Sample], name: str) -> dict[str, Vector]:
    """Return sample id -> vector of those that have one, in the order of the pool."""
    found: dict[str, Vector] = {}
    for sample in pool:
        try:
            found[sample.id] = vector_of(sample, name)
        except DataError:
            continue
    return found


def alike_in_size(vectors: Mapping[str, Vector], size: int) -> list[str]:
    """Return the ids whose vector has `size` numbers. Raises DataError where there are vectors and none has."""
    found = [sample for sample, vector in vectors.items() if vector.size == size]
    if vectors and not found:
        other = next(iter(vectors.values())).size
        raise DataError(say("The vector has {n} numbers and those of the pool have {other}", n=size, other=other))
    return found


def vector_child(
    sample: Sample,
    op: str,
    part: str,
    vector: npt.NDArray[np.floating],
    facts: Mapping[str, str],
    also_from: tuple[str, ...] = (),
) -> Sample:
    """Return a child that holds the vector alone: no picture, sound or text belongs to a point that was made.

    Raises DataError where the vector is not finite.
    """
    if not np.isfinite(vector.astype(np.float32)).all():
        raise DataError(say("The vector that was made is not finite"), where=sample.id)
    made = Part("embedding", encode_vector(vector))
    return sample.child(op, parts={part: made}, facts=dict(facts), also_from=also_from)
