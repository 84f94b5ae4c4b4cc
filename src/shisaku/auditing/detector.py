"""Detectors as data: which op looks for what, how much it costs, and from where on it calls something an issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal, get_args

from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.registry.yaml_tree import MAX_BYTES, compose

Level = Literal["quick", "standard", "deep"]
LEVELS: tuple[Level, ...] = get_args(Level)
Fix = Literal["", "drop", "propose"]
FIXES: tuple[Fix, ...] = get_args(Fix)
HOME = "detectors"


@dataclass(frozen=True, slots=True)
class Detector:
    """One step of an audit, before it is known which parts the data have.

    `name` is the column (``<name>_score``, ``is_<name>_issue``). The step is added for every part, or combination of
    parts, that `op` can read: of the data, or of the step `of` (a view: features, a transcript). `langs` limits it
    to parts of those languages; `sample` asks it of so many samples only. `params` hold its thresholds. `level` is
    the shallowest audit it belongs to; ``quick`` detectors look at decoded files alone and need no view. `view` marks
    a step that others build on: it is left out where nobody needs it. `fix` is what ``--fix`` does about its issues:
    ``drop`` the sample, ``propose`` the label that the reason suggests, or nothing. With `splits` it waits for data
    that are divided (fact ``split``).
    """

    name: str
    op: str
    level: Level = "standard"
    of: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    langs: tuple[str, ...] = ()
    sample: int = 0
    view: bool = False
    fix: Fix = ""
    splits: bool = False


def detectors(profile: Path | None = None, home: Traversable | None = None) -> list[Detector]:
    """Return the built-in detectors, with those of the file `profile` added, or replaced where a name is the same.

    ``{name: blur, off: true}`` in a profile takes one out; an entry without ``op`` changes only what it says.
    `home` is another folder of such files. Raises RecipeError for an entry that is none.
    """
    home = home or resources.files("shisaku.auditing").joinpath(HOME)
    files = sorted((file for file in home.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    known: dict[str, Detector] = {}
    for file in files:
        known = _added(known, compose(file.read_bytes(), file.name).plain(), file.name)
    if profile is not None:
        known = _added(known, compose(_bytes(profile), str(profile)).plain(), str(profile))
    return list(known.values())


def _bytes(profile: Path) -> bytes:
    try:
        with open(profile, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(
            say("The profile cannot be read: {cause}", cause=error.strerror or ""), str(profile)
        ) from None


def _added(known: dict[str, Detector], held: Any, where: str) -> dict[str, Detector]:
    entries = held.get("detectors") if isinstance(held, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) and "name" in entry for entry in entries):
        raise RecipeError(
            say("A profile is a mapping with `detectors`, a list of mappings that have a `name`"), where=where
        )
    known = dict(known)
    for entry in entries:
        name = str(entry["name"])
        if entry.get("off"):
            known.pop(name, None)
            continue
        known[name] = _detector(known.get(name), entry, where)
    return known


def _detector(before: Detector | None, entry: Mapping[str, Any], where: str) -> Detector:
    allowed = ("name", "op", "level", "of", "params", "langs", "sample", "view", "fix", "splits")
    odd = [str(key) for key in entry if key not in allowed]
    level = entry.get("level", before.level if before else "standard")
    if odd or level not in LEVELS or entry.get("fix", "") not in FIXES or (before is None and "op" not in entry):
        raise RecipeError(
            say("Detector {name} is not understood: {odd}", name=str(entry["name"]), odd=", ".join(odd) or str(level)),
            where=where,
            next=say("It may have {allowed}; level is one of {levels}", allowed=", ".join(allowed), levels=_levels()),
        )
    start = before or Detector(str(entry["name"]), str(entry["op"]))
    given = {key: entry[key] for key in ("op", "level", "of", "sample", "view", "fix", "splits") if key in entry}
    params = {**(start.params if entry.get("op", start.op) == start.op else {}), **(entry.get("params") or {})}
    return replace(start, **given, params=params, langs=tuple(entry.get("langs", start.langs)))


def _levels() -> str:
    return ", ".join(LEVELS)


def up_to(level: Level, all_of: Iterable[Detector]) -> list[Detector]:
    """Return the detectors of a level and of all shallower ones, with the views that they need."""
    held = {one.name: one for one in all_of}
    wanted = [one for one in held.values() if LEVELS.index(one.level) <= LEVELS.index(level) and not one.view]
    needed = {one.name for one in wanted}
    waiting = [one.of for one in wanted if one.of]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += [held[name].of] if name in held and held[name].of else []
    return [one for one in held.values() if one.name in needed]
