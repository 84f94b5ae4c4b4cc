"""How an op asks a model of the recipe: one ask per sample, one answer each, a reason where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.core.transform import Outcome
from shisaku.errors import DataError

if TYPE_CHECKING:
    from shisaku.models.ask import Ask, Role

SEEDS = 2**31


def seed_from(rng: np.random.Generator) -> int:
    """Draw the seed that goes with an ask."""
    return int(rng.integers(SEEDS))


def asked(
    batch: Sequence[Sample],
    rngs: Sequence[np.random.Generator],
    role: Role,
    model: str,
    make: Callable[[Sample, np.random.Generator], Ask],
    write: Callable[[Sample, Ask, Part, str], Sample],
) -> list[Outcome]:
    """Ask `model` in `role` once about every sample that an ask can be made of, all together.

    `write` makes the sample of the answer and the model's honest name. A DataError of `make` or `write` is that
    sample's Failure. Raises RecipeError for a model that is not there.
    """
    from shisaku.models.desk import desk

    asks: dict[int, Ask] = {}
    outcomes: dict[int, Outcome] = {}
    for place, (sample, rng) in enumerate(zip(batch, rngs, strict=True)):
        try:
            asks[place] = make(sample, rng)
        except DataError as error:
            outcomes[place] = Failure(error.what)
    if asks:
        generator = desk().take(role, model)
        for place, answer in zip(asks, generator.answer(list(asks.values())), strict=True):
            outcomes[place] = (
                answer
                if isinstance(answer, Failure)
                else _written(write, batch[place], asks[place], answer, generator.backend)
            )
    return [outcomes[place] for place in range(len(batch))]


def _written(
    write: Callable[[Sample, Ask, Part, str], Sample], sample: Sample, ask: Ask, answer: Part, backend: str
) -> Outcome:
    try:
        return (write(sample, ask, answer, backend),)
    except DataError as error:
        return Failure(error.what)
