"""What one call asks to be cooked, and which run that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shisaku.api.chosen_seeds import pinned
from shisaku.api.learner_programs import check_programs, pinned_programs
from shisaku.api.rights import check_source
from shisaku.core.identity import fingerprint
from shisaku.core.recipe import Recipe
from shisaku.errors import RecipeError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.core.progress import Progress
    from shisaku.store.run import Run

DEFAULT, LONG = "default", "long"


@dataclass(frozen=True, slots=True)
class Order:
    """What one call of `cook` was asked for: the resolved recipe, the fingerprint of what was asked, and where to."""

    recipe: Recipe
    mark: str
    out: Path
    profile: str
    preview: int | None
    workers: int
    progress: Progress


def order_of(
    recipe: Recipe,
    *,
    base: Path,
    out: Path | None,
    preview: int | None,
    workers: int,
    progress: Progress,
    profile: str,
) -> Order:
    """Check and resolve a recipe, and say which run it is. Raises RecipeError."""
    from shisaku.lab.resolve import resolve
    from shisaku.registry.check import check_recipe
    from shisaku.registry.dump import recipe_fingerprint

    check_recipe(recipe, None)
    check_source(recipe)
    recipe = _profiled(with_full_paths(recipe, base), profile)
    mark = fingerprint(recipe_fingerprint(recipe), preview or 0, profile)
    folder = out or Path("runs") / f"{recipe.name}-{mark[:8]}"
    return Order(resolve(recipe), mark, folder, profile, preview, workers, progress)


def done_run(order: Order) -> Run | None:
    """Return the run that was asked for if it was done before."""
    from shisaku.store.run import Run

    if not (order.out / "run.json").is_file():
        return None
    there = Run.open(order.out)
    return there if there.state == "done" and there.recipe_fingerprint == order.mark else None


def start_run(order: Order) -> Run:
    """Start or resume the run that was asked for. Raises RecipeError, MachineError."""
    from shisaku.registry.dump import dump_recipe
    from shisaku.store.run import Run

    check_programs(order.recipe)
    return Run.create(order.out, recipe_text=dump_recipe(order.recipe), recipe_fingerprint=order.mark)


def _profiled(recipe: Recipe, profile: str) -> Recipe:
    """Return what a profile makes of `recipe`. Raises RecipeError if there is no such profile."""
    if profile == DEFAULT:
        return recipe
    if profile != LONG:
        there = f"{DEFAULT}, {LONG}"
        raise RecipeError(say("There is no profile {name}", name=profile), next=say("there is {known}", known=there))
    return replace(recipe, steps=tuple(replace(step, sample=None) for step in recipe.steps))


def with_full_paths(recipe: Recipe, base: Path) -> Recipe:
    """Make the paths of the reader, the models and the selections absolute: they start at the recipe's folder."""
    from shisaku.models.located import located

    params = dict(recipe.data.params)
    for name in ("path", "data_dir", "real", "synthetic"):
        value = params.get(name)
        if isinstance(value, str) and value:
            params[name] = str((base / Path(value).expanduser()).resolve())
    models = tuple(located(one, base) for one in recipe.models)
    recipe = pinned_programs(recipe, base)
    return pinned(replace(recipe, data=replace(recipe.data, params=params), models=models), base)
