"""The steps whose weights can be had here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from shisaku.core.progress import Progress
from shisaku.core.recipe import Recipe
from shisaku.errors import MachineError
from shisaku.message import Message, say


def with_weights(
    recipe: Recipe, progress: Progress, among: Collection[str] | None = None
) -> tuple[Recipe, list[Message]]:
    """Fetch the weights that are needed; steps whose weights cannot be had are left out, and it is said so.

    Only steps `among` these names are looked at, where they are given.
    """
    from shisaku.models.pull import pull
    from shisaku.registry.make import make_op

    asked = [step for step in recipe.steps if among is None or step.name in among]
    needs = {step.name: make_op(step.op, step.params).models for step in asked}
    missing: dict[str, Message] = {}
    for name in sorted({name for names in needs.values() for name in names}):
        try:
            pull([name], progress)
        except MachineError as error:
            missing[name] = error.what
    gone: set[str] = set()
    absent = []
    for step in recipe.steps:
        lacking = [name for name in needs.get(step.name, ()) if name in missing]
        if lacking or gone & {*step.source, step.reference}:
            gone.add(step.name)
        if lacking:
            absent.append(say("Not looked at ({step}): {reason}", step=step.name, reason=missing[lacking[0]]))
    return replace(recipe, steps=tuple(step for step in recipe.steps if step.name not in gone)), absent
