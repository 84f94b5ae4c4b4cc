"""Adds to a recipe the steps through which its studies see samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shisaku.core.recipe import Recipe, Step, StudySpec
from shisaku.lab.streams import features_step, scored_streams, scores_step, stream_names


def resolve(recipe: Recipe) -> Recipe:
    """Return `recipe` with one feature step per stream of each study and one score step per untrained arm.

    Steps that are already there are kept, so resolving twice changes nothing.
    """
    there = {step.name for step in recipe.steps}
    added = [step for spec in recipe.studies for step in _seeing(spec) if step.name not in there]
    return replace(recipe, steps=(*recipe.steps, *added))


def _seeing(spec: StudySpec) -> Iterator[Step]:
    for stream in stream_names(spec):
        yield Step(features_step(spec, stream), spec.feature.op, (stream,), dict(spec.feature.params))
    for arm in spec.arms:
        if arm.scores is not None:
            for stream in scored_streams(spec):
                yield Step(scores_step(spec, stream, arm), arm.scores.op, (stream,), dict(arm.scores.params))
