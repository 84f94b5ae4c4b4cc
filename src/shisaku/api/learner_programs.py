"""Programs that a recipe's studies train with: named by full path, pinned by their bytes, run only where allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from shisaku.core.recipe import Recipe
from shisaku.core.study_spec import StudySpec

COMMAND: Final = "command"


def pinned_programs(recipe: Recipe, base: Path) -> Recipe:
    """Return `recipe` with the files of such learners by full path and SHA-256: an edited script is another recipe.

    Arguments that name a file, seen from the recipe's folder `base`, are such files, and those under ``files``.
    """
    return replace(recipe, studies=tuple(_of_study(spec, base) for spec in recipe.studies))


def check_programs(recipe: Recipe) -> None:
    """Raise RecipeError if a study trains with a program of the recipe and nobody allowed that."""
    from shisaku.learn.command.permission import check_commands_allowed

    for spec in recipe.studies:
        for learner in (spec.learner, *(arm.learner for arm in spec.arms)):
            if learner.get("name") == COMMAND:
                words = " ".join(map(str, learner.get("command", ())))
                check_commands_allowed(f"study {spec.name}: learner: {words}")


def _of_study(spec: StudySpec, base: Path) -> StudySpec:
    arms = tuple(replace(arm, learner=_pinned(arm.learner, base)) for arm in spec.arms)
    return replace(spec, learner=_pinned(spec.learner, base), arms=arms)


def _pinned(learner: Mapping[str, Any], base: Path) -> Mapping[str, Any]:
    from shisaku.learn.command.learner import digest

    given = learner.get("command")
    if learner.get("name") != COMMAND or not isinstance(given, list | tuple):
        return learner  # where it is no list, the recipe's check says so
    command = [_full(one, base) if _full(one, base).is_file() else one for one in given]
    files = [one for one in command if isinstance(one, Path)]
    files += [_full(name, base) for name in dict(learner.get("files", {}))]
    return {
        **learner,
        "command": [str(one) for one in command],
        "files": {str(file): digest(file) for file in sorted(set(files))},
    }


def _full(word: object, base: Path) -> Path:
    # Not resolved: an interpreter's link into a virtual environment is what makes it one.
    return (base / Path(str(word)).expanduser()).absolute()
