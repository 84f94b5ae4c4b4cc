"""From a path and what the user says about it to a layout with its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from shisaku.errors import DataError, RecipeError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.store.limits import Limits
    from shisaku.store.readers.recognition import Layout

PLACES = ("path", "data_dir")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user decides about an ingest; texts as on the command line.

    `known_as` names the layout, `settings` are parameters of its reader, `limits` those of `store.limits.Limits`.
    """

    known_as: str = ""
    settings: Mapping[str, str] | None = None
    limits: Mapping[str, str] | None = None
    licence: str = ""
    consent: str = ""


def recognised(path: Path, wish: Wish) -> Layout:
    """Return the layout at `path` with the reader as the user wants it. Raises DataError, RecipeError.

    A layout that is named together with settings is taken at its word where its signs are not enough.
    """
    from shisaku.registry.doors import READERS
    from shisaku.registry.make import make_behind
    from shisaku.store.layout import layout_of

    try:
        layout = layout_of(path, wish.known_as)
    except DataError:
        if not (wish.known_as and wish.settings):
            raise
        layout = _as_told(path, wish.known_as)
    asked = {**_own_words(layout, wish), **(wish.settings or {})}
    if not asked:
        return layout
    given = {**_held(layout.reader), **parsed(type(layout.reader), asked)}
    return replace(layout, reader=make_behind(READERS, layout.door, given))


def limits_of(wish: Wish) -> Limits:
    """Return the limits of decoding. Raises RecipeError for one that there is not, or a value that is none."""
    from shisaku.registry.finding import problems_of, recipe_error
    from shisaku.registry.make import try_make
    from shisaku.store.limits import Limits

    made, findings = try_make(Limits, parsed(Limits, wish.limits or {}), ())
    if findings or not isinstance(made, Limits):
        raise recipe_error(problems_of(findings, lambda loc: (0, loc)), where="--limit")
    return made


def parsed(cls: Any, given: Mapping[str, str]) -> dict[str, Any]:
    """Return command-line texts as the values that the fields of `cls` take; what is no text is read as YAML."""
    import yaml

    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    for name, text in given.items():
        try:
            values[name] = text if hints.get(name) in (str, str | None) else yaml.safe_load(text)
        except yaml.YAMLError:
            raise RecipeError(say("{name} cannot be read: {text}", name=name, text=text[:80])) from None
    return values


def _as_told(path: Path, name: str) -> Layout:
    from shisaku.registry.doors import READERS, load
    from shisaku.store.readers.recognition import Layout

    reader = load(READERS, name)
    place = next((field for field in PLACES if field in get_type_hints(reader)), PLACES[0])
    return Layout(name, (say("It is read as told"),), reader(**{place: str(path)}), door=name)


def _own_words(layout: Layout, wish: Wish) -> dict[str, str]:
    """Return the licence and the consent that the user states. Raises DataError where the layout takes none."""
    stated = {name: value for name, value in (("licence", wish.licence), ("consent", wish.consent)) if value}
    there = {field.name for field in fields(layout.reader)}
    for name in stated:
        if name not in there:
            raise DataError(
                say("Layout {layout} states the {name} by itself", layout=layout.name, name=name),
                next=say("Leave --{name} away", name=name),
            )
    return stated


def _held(reader: Any) -> dict[str, Any]:
    return {field.name: getattr(reader, field.name) for field in fields(reader) if field.init}
