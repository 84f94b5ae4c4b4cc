"""Law 9: a judge whose model is related to a generator or to the study's eyes says so."""

from __future__ import annotations

from collections.abc import Iterator

from shisaku.core.metric import Metric
from shisaku.core.recipe import Recipe
from shisaku.message import Message, say
from shisaku.registry.doors import op_class


def related_judges(recipe: Recipe) -> Iterator[Message]:
    """Yield a note for every Metric of `recipe` that shares a model family with another op of it."""
    used = {step.op for step in recipe.steps} | {spec.feature.op for spec in recipe.studies}
    judges = [(step.name, step.op) for step in recipe.steps]
    judges += [(arm.name, arm.keep.metric) for spec in recipe.studies for arm in spec.arms if arm.keep]
    for name, op in judges:
        cls = op_class(op)
        kin = sorted(used & set(cls.shares_family_with)) if issubclass(cls, Metric) else []
        if kin:
            yield say(
                "{name} ({op}) is of one model family with {kin}: it reports, and is no independent judge of it",
                name=name, op=op, kin=", ".join(kin),
            )  # fmt: skip
