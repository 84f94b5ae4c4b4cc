"""Adds to a recipe the steps through which its studies see samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from shisaku.core.recipe import Recipe, Step
from shisaku.core.study_spec import StudySpec
from shisaku.lab.controls import with_controls
from shisaku.lab.streams import seeing_step, seen_in, views
from shisaku.registry.streams import CONTROL


def resolve(recipe: Recipe) -> Recipe:
    """Return `recipe` with all that its studies need: control arms, and steps that embed or score streams.

    There is a control arm beside every gate, and one step per stream and Feature, whichever studies look
    through it. What a keep-rule kept is seen through the stream it was kept from. Steps that are already
    there stay, so resolving twice changes nothing.
    """
    studies = tuple(with_controls(spec, {keep.name for keep in recipe.keep}) for spec in recipe.studies)
    there = {step.name for step in recipe.steps}
    kept_from = {name: keep.source for keep in recipe.keep for name in (keep.name, f"{keep.name}{CONTROL}")}
    wanted = {step.name: step for spec in studies for step in _seeing(spec, kept_from)}
    added = [step for name, step in wanted.items() if name not in there]
    return replace(recipe, steps=(*recipe.steps, *added), studies=studies)


def _seeing(spec: StudySpec, kept_from: Mapping[str, str]) -> Iterator[Step]:
    for feature, streams in views(spec):
        for stream in dict.fromkeys(seen_in(name, kept_from) for name in streams):
            yield Step(seeing_step(feature, stream), feature.op, (stream,), dict(feature.params))
