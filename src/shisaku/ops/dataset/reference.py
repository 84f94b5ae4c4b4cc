"""The declared real samples that a Metric compares with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Sample
from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.ops.reading import vector_of


@dataclass(frozen=True)
class Reference:
    """Samples in the order of their ids and their features [n, d]."""

    samples: tuple[Sample, ...]
    rows: npt.NDArray[np.float64]

    def row_of(self, sample: Sample, features: str) -> npt.NDArray[Any]:
        """Return the features of a sample to compare, [d]. Raises DataError if their length is another."""
        return row_like(sample, features, self.rows.shape[1]).astype(np.float64)


def row_like(sample: Sample, features: str, width: int) -> npt.NDArray[Any]:
    """Return the features of a sample, [d]. Raises DataError if they are not as many as those of the reference."""
    vector = vector_of(sample, features)
    if vector.size != width:
        raise DataError(
            say(
                "Embedding {part} has {found} numbers, that of the reference {wanted}",
                part=features,
                found=vector.size,
                wanted=width,
            ),
            where=sample.id,
        )
    return vector


def read_reference(reference: Sequence[Sample] | None, features: str, op: str) -> Reference:
    """Return the reference by id, whatever order it came in.

    Raises RecipeError if there is none, DataError where one of its samples has no such features.
    """
    if not reference:
        raise RecipeError(
            say("{op} needs a reference of real samples and got none", op=op),
            next=say("Give the step `reference:` with a stream of real samples that bear {part}", part=features),
        )
    samples = tuple(sorted(reference, key=lambda sample: sample.id))
    vectors = [vector_of(sample, features) for sample in samples]
    if len({vector.size for vector in vectors}) > 1:
        raise DataError(say("The embeddings {part} of the reference differ in length", part=features))
    return Reference(samples, np.stack(vectors).astype(np.float64))
