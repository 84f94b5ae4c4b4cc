"""Look at a user's data and write the recipe that fits it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.errors import RecipeError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.store.describe import Description


def describe(path: str | Path) -> dict[str, Any]:
    """Say what a folder or table holds: modalities, labels, groups, sizes, and why it was read that way.

    `lines` are the same for people. Raises DataError where nothing can be read.
    """
    from shisaku.store.describe import describe as look

    seen = look(path)
    return {**seen.to_json(), "lines": _lines(seen)}


def init(path: str | Path, out: str | Path | None = None, force: bool = False) -> dict[str, Any]:
    """Write a short commented recipe for the data at `path` that runs as it is; asks nothing it can see.

    `out` defaults to ``<name>.recipe.yaml`` in the current folder. Without labels there is no study: the
    run ends in a description and a labelling plan, never in an invented task. Raises DataError, and
    RecipeError if a recipe is there and `force` is not set.
    """
    from shisaku.api.first_recipe import recipe_text
    from shisaku.registry.check import check_recipe
    from shisaku.registry.load import parse_recipe
    from shisaku.store.describe import describe as look

    seen = look(path)
    source = Path(path).expanduser().resolve()
    target = Path(out) if out is not None else Path(f"{source.stem if source.is_file() else source.name}.recipe.yaml")
    if target.exists() and not force:
        raise RecipeError(
            say("A recipe is already there"),
            where=str(target),
            next=say("Run it, give another --out, or replace it with --force"),
        )
    text = recipe_text(seen, source)
    check_recipe(parse_recipe(text, where=str(target)), None)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return {"recipe": str(target), "description": {**seen.to_json(), "lines": _lines(seen)}}


def _lines(seen: Description) -> list[str]:
    parts = ", ".join(f"{n} {kind}" for kind, n in seen.modalities.items())
    size = f"{seen.megabytes:.1f} MB" + (f", {seen.seconds:.0f} s of sound" if seen.seconds else "")
    lines = [
        f"{seen.path}: {seen.n} records ({parts}; {size})",
        f"  read as {seen.layout}: {'; '.join(str(why) for why in seen.why)}",
    ]
    if seen.classes:
        shown = ", ".join(f"{name} {n}" for name, n in list(seen.classes.items())[:12])
        more = f", and {len(seen.classes) - 12} more" if len(seen.classes) > 12 else ""
        lines.append(f"  label {seen.label}: {shown}{more}")
    if seen.group:
        lines.append(f"  group {seen.group}: {seen.groups} that never straddle a split")
    if seen.lang:
        lines.append(f"  language of the texts: {seen.lang}")
    if seen.refused:
        lines.append(f"  {seen.refused} records cannot be used; the run lists each with its reason")
    lines += [f"  note: {note}" for note in seen.notes]
    lines += [f"  problem: {problem}" for problem in seen.problems]
    return lines
