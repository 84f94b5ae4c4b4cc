"""What a recipe would send, told before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe
from shisaku.errors import MachineError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.api.dry_run import DryRun
    from shisaku.guard.leaving import Leaving


def guard_preview(
    recipe: str | Path | Recipe,
    preview: int | None = None,
    *,
    look_up: bool = False,
    accept_licence: str = "",
    workers: int = 2,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Return per step and model what a run of `recipe` would send now: to whom, what of which samples, at what price.

    Every request is made and judged as in a run, and none is sent; no connection is opened, and no name is looked up
    unless `look_up` is True. Steps before the first server really run, in a folder that is gone afterwards; no study
    is trained. `hidden` names the steps whose requests hang on answers that are not there. `preview` takes only so
    many items per class or stream, as in `run`, and tells the whole from them. Raises RecipeError, DataError,
    MachineError where a run would.
    """
    from shisaku.api.cooking import looked_at, read_in
    from shisaku.api.dry_run import dry_run
    from shisaku.api.order import with_full_paths
    from shisaku.api.rights import Declared, check_source, cleared
    from shisaku.lab.resolve import resolve
    from shisaku.registry.check import check_recipe
    from shisaku.registry.load import load_recipe

    base = Path.cwd() if isinstance(recipe, Recipe) else Path(recipe).resolve().parent
    asked = recipe if isinstance(recipe, Recipe) else load_recipe(Path(recipe))
    check_recipe(asked, None)
    check_source(asked)
    resolved = resolve(with_full_paths(asked, base))
    ingested = read_in(resolved, progress)
    kinds, licences = looked_at(ingested)
    cleared(resolved, licences, Declared(accept=accept_licence))
    check_recipe(resolved, kinds)
    found = dry_run(resolved, ingested, preview=preview, workers=workers, progress=progress, look_up=look_up)
    rows = [{**row.to_json(), "whole": _whole(row, found, resolved)} for row in found.rows]
    return {
        "recipe": resolved.name,
        "policy": resolved.policy.name,
        "preview": preview,
        "rows": rows,
        "hidden": [
            {"step": one.step, "models": list(one.models), "because": list(one.because), "why": one.why.to_json()}
            for one in found.hidden
        ],
        "leave": sum(row["leave"] for row in rows),
        "bytes": sum(row["bytes"] for row in rows),
        "denied": sum(one["calls"] for row in rows for one in row["denied"].values()),
        "notes": [note.to_json() for note in _notes(found.rows, resolved)],
    }


def _whole(row: Leaving, found: DryRun, recipe: Recipe) -> dict[str, Any] | None:
    """Return what all samples would send, told from those of a preview; None where all were taken."""
    from shisaku.api.forecast import share_of

    share = share_of(row.step, recipe, {name: dict(size) for name, size in found.sizes.items()}) if found.sizes else 0.0
    if share <= 0.0 or not row.bytes:
        return None
    calls = max(len(row.bytes), round(len(row.bytes) / share))
    told: dict[str, Any] = {"calls": calls, "bytes": _told(row.bytes, calls)}
    return {**told, "at_most": _told(row.prices, calls) if row.prices else None}


def _told(measured: Sequence[float], calls: int) -> Mapping[str, float | None]:
    from shisaku.guard.preview import preview

    whole = preview(measured, calls)
    high = whole.high if math.isfinite(whole.high) else None
    return {"total": whole.total, "low": whole.low, "high": high}


def _notes(rows: Sequence[Leaving], recipe: Recipe) -> list[Message]:
    from shisaku.guard.secret import secret_of

    notes = [
        say(
            "Where {host} leads was not looked up, and it was judged as outside; a run that finds it on this machine "
            "or on the premises lets everything go there",
            host=host,
        )
        for host in dict.fromkeys(row.host for row in rows if not row.looked_up)
    ]
    sending = {row.model for row in rows if row.bytes}
    for model in (one for one in recipe.models if one.name in sending and one.key_env):
        try:
            secret_of(model)
        except MachineError as error:
            notes.append(error.what)
    return notes
