"""Adds to a recipe the steps through which its studies see samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from shisaku.core.recipe import Recipe, Step, StudySpec
from shisaku.lab.controls import with_controls
from shisaku.lab.streams import features_step, scored_streams, scores_step, seen_in, stream_names
from shisaku.registry.streams import CONTROL


def resolve(recipe: Recipe) -> Recipe:
    """Return `recipe` with all that its studies need: control arms, feature steps, score steps.

    There is a control arm beside every gate, one feature step per stream of each study, and one score step
    per stream of each untrained arm. What a keep-rule kept is seen through the stream it was kept from.
    Steps that are already there stay, so resolving twice changes nothing.
    """
    studies = tuple(with_controls(spec, {keep.name for keep in recipe.keep}) for spec in recipe.studies)
    there = {step.name for step in recipe.steps}
    kept_from = {name: keep.source for keep in recipe.keep for name in (keep.name, f"{keep.name}{CONTROL}")}
    added = [step for spec in studies for step in _seeing(spec, kept_from) if step.name not in there]
    return replace(recipe, steps=(*recipe.steps, *added), studies=studies)


def _seeing(spec: StudySpec, kept_from: Mapping[str, str]) -> Iterator[Step]:
    for stream in dict.fromkeys(seen_in(name, kept_from) for name in stream_names(spec)):
        yield Step(features_step(spec, stream), spec.feature.op, (stream,), dict(spec.feature.params))
    for arm in spec.arms:
        if arm.scores is not None:
            for stream in scored_streams(spec):
                yield Step(scores_step(spec, stream, arm), arm.scores.op, (stream,), dict(arm.scores.params))
