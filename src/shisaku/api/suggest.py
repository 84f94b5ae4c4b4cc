"""Look at a user's data and write the recipe that fits it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.errors import RecipeError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shisaku.store.describe import Description

SHOWN = 12


def describe(path: str | Path) -> dict[str, Any]:
    """Say what a folder or table holds: modalities, labels, groups, sizes, and why it was read that way.

    `lines` are the same for people, as messages. Raises DataError where nothing can be read.
    """
    from shisaku.store.describe import describe as look

    seen = look(path)
    return _told(seen)


def init(path: str | Path, out: str | Path | None = None, force: bool = False) -> dict[str, Any]:
    """Write a short commented recipe for the data at `path` that runs as it is; asks nothing it can see.

    `out` defaults to ``<name>.recipe.yaml`` in the current folder. Without labels there is no study: the
    run ends in a description and a labelling plan, never in an invented task. Raises DataError, and
    RecipeError if a recipe is there and `force` is not set.
    """
    from shisaku.api.first_recipe import recipe_text
    from shisaku.api.rights import may_declare
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
    text = recipe_text(seen, source, declare=may_declare(seen))
    check_recipe(parse_recipe(text, where=str(target)), None)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return {"recipe": str(target), "description": _told(seen)}


def _told(seen: Description) -> dict[str, Any]:
    lines = list(_lines(seen))
    return {**seen.to_json(), "lines": [line.with_text() for line in lines]}


def _lines(seen: Description) -> Iterator[Message]:
    parts = ", ".join(f"{n} {kind}" for kind, n in seen.modalities.items())
    yield say("{path}: {n} records ({parts}), {mb:.1f} MB", path=seen.path, n=seen.n, parts=parts, mb=seen.megabytes)
    if seen.seconds:
        yield say("{seconds:.0f} s of sound", seconds=seen.seconds)
    yield say("Read as: {layout}", layout=seen.layout)
    yield from seen.why
    if seen.classes:
        shown = ", ".join(f"{name} {n}" for name, n in list(seen.classes.items())[:SHOWN])
        yield say("Label {label}, {n} classes: {classes}", label=seen.label, n=len(seen.classes), classes=shown)
    if seen.group:
        yield say("Group {group}: {n} that never straddle a split", group=seen.group, n=seen.groups)
    if seen.lang:
        yield say("Language of the texts: {lang}", lang=seen.lang)
    if seen.refused:
        yield say("{n} records cannot be used; the run lists each with its reason", n=seen.refused)
    yield from seen.notes
    yield from seen.problems
