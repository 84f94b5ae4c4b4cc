"""Check a recipe without cooking it."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def validate(recipe: str | Path) -> dict[str, Any]:
    """Read and check a recipe file; all problems at once.

    Returns what it would do (steps, studies, model weights it needs). Raises RecipeError.
    """
    from shisaku.api.rights import check_source
    from shisaku.lab.resolve import resolve
    from shisaku.registry.check import check_recipe
    from shisaku.registry.load import load_recipe
    from shisaku.registry.make import make_op

    loaded = load_recipe(Path(recipe))
    check_recipe(loaded, None)
    check_source(loaded)
    resolved = resolve(loaded)
    weights = sorted({name for step in resolved.steps for name in make_op(step.op, step.params).models})
    return {
        "recipe": str(recipe),
        "name": loaded.name,
        "valid": True,
        "steps": [step.name for step in resolved.steps],
        "studies": [study.name for study in loaded.studies],
        "weights": weights,
    }
