"""Which steps of a recipe make new samples."""

from __future__ import annotations

from shisaku.core.recipe import Recipe


def child_makers(recipe: Recipe) -> list[str]:
    """Return the steps that make new samples, in the recipe's order."""
    from shisaku.core.transform import Transform
    from shisaku.registry.doors import op_class

    classes = {step.name: op_class(step.op) for step in recipe.steps}
    return [name for name, cls in classes.items() if issubclass(cls, Transform) and cls.makes == "children"]
