"""Cook a recipe from data to report."""

from __future__ import annotations

import time
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shisaku.api.result import RunResult
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe

if TYPE_CHECKING:
    from shisaku.api.cooking import OnEstimate

DATASET = "dataset"


def run(
    recipe: str | Path | Recipe,
    *,
    out: str | Path | None = None,
    preview: int | None = None,
    profile: str = "default",
    split_seed: int | None = None,
    data: str | Path | None = None,
    workers: int = 2,
    progress: Progress = silent,
    on_estimate: OnEstimate | None = None,
    accept_licence: str = "",
    plan: str | Path | None = None,
) -> RunResult:
    """Make, measure, keep, prove and report; returns the finished run.

    `recipe` is a file or a Recipe. The run folder `out` (default ``runs/<name>-<fingerprint>``) is resumed if it
    holds the same recipe, and said to be already done if it is. `preview` uses only that many items per class
    or stream. The profile ``long`` asks every step of all its samples, whatever its `sample`, and makes another
    run. `split_seed` replaces the studies' split seed, `data` the reader's path. `accept_licence` is a reason, kept
    on record, for using data whose licence denies the use that the recipe declares. `plan` is a file that
    `shisaku.plan` wrote: nothing is trained unless the plans made now are those in it.
    Raises RecipeError, DataError, MachineError.
    """
    from shisaku.api.cooking import cook
    from shisaku.api.rights import Declared

    began = time.monotonic()
    wanted, base = read_recipe(recipe, split_seed=split_seed, data=data)
    result = cook(
        wanted,
        base=base,
        out=Path(out) if out is not None else None,
        preview=preview,
        workers=workers,
        progress=progress,
        on_estimate=on_estimate,
        profile=profile,
        declared=Declared(accept=accept_licence),
        plan=Path(plan) if plan is not None else None,
    )
    return replace(result, seconds=time.monotonic() - began)


def read_recipe(recipe: str | Path | Recipe, *, split_seed: int | None, data: str | Path | None) -> tuple[Recipe, Path]:
    """Return a recipe with what replaces its split seed and data, and the folder that its paths start at."""
    from shisaku.registry.load import load_recipe

    base = Path.cwd() if isinstance(recipe, Recipe) else Path(recipe).resolve().parent
    asked = recipe if isinstance(recipe, Recipe) else load_recipe(Path(recipe))
    return _with_overrides(asked, split_seed, data), base


def _with_overrides(recipe: Recipe, split_seed: int | None, data: str | Path | None) -> Recipe:
    if split_seed is not None:
        studies = tuple(replace(study, split_seed=split_seed) for study in recipe.studies)
        recipe = replace(recipe, studies=studies)
    if data is not None:
        from shisaku.registry.doors import READERS, load
        from shisaku.store.home import is_home

        if is_home(Path(data)) and recipe.data.reader != DATASET:
            # What was ingested has its labels by name already: the recipe's own reader is not asked.
            home = replace(recipe.data, reader=DATASET, params={"path": str(Path(data).resolve())})
            return replace(recipe, data=home)
        reader = load(READERS, recipe.data.reader)
        names = [f.name for f in fields(reader)] if is_dataclass(reader) else []
        field = "data_dir" if "data_dir" in names else "path"
        source = replace(recipe.data, params={**recipe.data.params, field: str(Path(data).resolve())})
        recipe = replace(recipe, data=source)
    return recipe
