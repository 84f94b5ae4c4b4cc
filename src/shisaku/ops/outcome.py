"""From samples to outcomes: a sample that cannot be used becomes a Failure, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.core.transform import Outcome
from shisaku.errors import DataError

Content = TypeVar("Content")
Made = TypeVar("Made")


def one_by_one(
    batch: Sequence[Sample],
    rngs: Sequence[np.random.Generator],
    make: Callable[[Sample, np.random.Generator], Sample],
) -> list[Outcome]:
    """Make one sample of each with its own rng; a DataError becomes that sample's Failure."""
    return some_of_each(batch, rngs, lambda sample, rng: (make(sample, rng),))


def some_of_each(
    batch: Sequence[Sample],
    rngs: Sequence[np.random.Generator],
    make: Callable[[Sample, np.random.Generator], Outcome],
) -> list[Outcome]:
    """Make samples of each with its own rng; a DataError becomes that sample's Failure, a Failure among them stays."""
    outcomes: list[Outcome] = []
    for sample, rng in zip(batch, rngs, strict=True):
        try:
            outcomes.append(make(sample, rng))
        except DataError as error:
            outcomes.append(Failure(error.what))
    return outcomes


def in_one_call(
    batch: Sequence[Sample],
    read: Callable[[Sample], Content],
    run: Callable[[list[Content]], Sequence[Made]],
    write: Callable[[Sample, Made], Sample],
) -> list[Outcome]:
    """Read every sample, run a model once over those that could be read, write each result back."""
    contents: list[Content] = []
    failures: dict[int, Failure] = {}
    for place, sample in enumerate(batch):
        try:
            contents.append(read(sample))
        except DataError as error:
            failures[place] = Failure(error.what)
    made = iter(run(contents) if contents else ())
    return [failures[i] if i in failures else (write(sample, next(made)),) for i, sample in enumerate(batch)]


def measurable(batch: Sequence[Sample], read: Callable[[Sample], Content]) -> dict[str, Content]:
    """Sample id -> content of what a Metric can read; the others get no score."""
    contents: dict[str, Content] = {}
    for sample in batch:
        try:
            contents[sample.id] = read(sample)
        except DataError:
            continue
    return contents


def inherited(sample: Sample, changed: Mapping[str, Part]) -> dict[str, Part]:
    """Parts of a child: those of its parent with `changed` in place.

    Embeddings are left behind, because they were computed from what has just changed.
    """
    kept = {name: part for name, part in sample.parts.items() if part.kind != "embedding"}
    return {**kept, **changed}
