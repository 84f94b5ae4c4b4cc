"""A run without a study ends in a labelling plan where the data has no labels yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shisaku.core.recipe import ROOT, Recipe

if TYPE_CHECKING:
    from shisaku.store.run import Run


def write_labelling_plan(run: Run, recipe: Recipe) -> None:
    """Write ``labelling_plan.json`` from the first step that wrote vectors of the data itself, if there is one."""
    from shisaku.lab.labelling import labelling_plan
    from shisaku.store.codecs import decode_vector

    for step in recipe.steps:
        if ROOT not in step.source or step.name not in run.streams():
            continue
        rows = [
            (sample.id, decode_vector(part))
            for sample in run.stream(step.name)
            if not sample.depth and not sample.labels
            for part in sample.parts.values()
            if part.kind == "embedding"
        ]
        if rows:
            ids, vectors = zip(*rows, strict=True)
            run.write_json("labelling_plan", labelling_plan(ids, np.stack(vectors), seed=recipe.seed))
            return
