"""What to label first, for data that has labels of few or none of its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shisaku.core.recipe import ROOT, Recipe
from shisaku.errors import DataError

if TYPE_CHECKING:
    from shisaku.core.sample import Sample
    from shisaku.store.run import Run

BUDGET = 50
LEAST = 40  # labelled samples for a simulation


def write_labelling_plan(run: Run, recipe: Recipe) -> None:
    """Write ``labelling_plan.json`` from the first step that wrote vectors of the data itself, if there is one.

    Where some samples are labelled already, `simulation` says what the plan would have bought on those.
    """
    from shisaku.lab.labelling import labelling_plan

    for step in recipe.steps:
        if ROOT not in step.source or step.name not in run.streams():
            continue
        rows = [(sample, part) for sample in run.stream(step.name) if not sample.depth for part in _vectors(sample)]
        ids = [sample.id for sample, _ in rows if not sample.labels]
        if ids:
            vectors = np.stack([vector for sample, vector in rows if not sample.labels])
            plan = labelling_plan(ids, vectors, BUDGET, seed=recipe.seed)
            known = [(sample, vector) for sample, vector in rows if sample.labels]
            run.write_json("labelling_plan", {**plan, "simulation": _simulated(known, recipe.seed)})
            return


def _vectors(sample: Sample) -> list[Any]:
    from shisaku.store.codecs import decode_vector

    return [decode_vector(part) for part in sample.parts.values() if part.kind == "embedding"]


def _simulated(known: list[tuple[Sample, Any]], seed: int) -> dict[str, Any] | None:
    """Return what the plan would have bought on the labelled samples; None where they are too few to say."""
    from shisaku.lab.items import Items
    from shisaku.lab.label_first import simulate

    names = {name for sample, _ in known for name in sample.labels}
    if len(known) < LEAST or len(names) != 1:
        return None
    name = names.pop()
    items = Items(
        tuple(sample.id for sample, _ in known),
        tuple(sample.labels[name] for sample, _ in known),
        tuple(sample.entity for sample, _ in known),
        np.stack([vector for _, vector in known]),
    )
    try:
        return simulate(items, min(BUDGET, len(known) // 3), seed=seed).to_json()
    except DataError:
        return None
