"""The one door: built-ins and plugins are entry points of an installed package, loaded when asked for."""

from __future__ import annotations

import difflib
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from shisaku.core.metric import Metric
from shisaku.core.op import Op
from shisaku.core.transform import Transform
from shisaku.errors import MachineError, RecipeError
from shisaku.message import say

OPS = "shisaku.ops"
READERS = "shisaku.readers"
WRITERS = "shisaku.writers"
LEARNERS = "shisaku.learners"


@cache
def _found(group: str) -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=group):
        if entry.name in found and found[entry.name].value != entry.value:
            raise MachineError(
                say(
                    "Two installed packages offer {name}: {one} and {two}",
                    name=entry.name,
                    one=found[entry.name].value,
                    two=entry.value,
                ),
                next=say("Uninstall one of them or rename its entry point"),
            )
        found[entry.name] = entry
    return found


def names(group: str) -> list[str]:
    """Return every name behind a door, sorted."""
    return sorted(_found(group))


def closest(word: str, words: list[str]) -> str:
    """Return the most similar word, or an empty string."""
    return next(iter(difflib.get_close_matches(word, words, n=1, cutoff=0.5)), "")


def load(group: str, name: str) -> Any:
    """Return the object behind `name`. Raises RecipeError for an unknown name, MachineError if it cannot load."""
    try:
        entry = _found(group)[name]
    except KeyError:
        near = closest(name, names(group))
        raise RecipeError(
            say("There is no {name} among {group}", name=name, group=group),
            next=say("Did you mean {near}?", near=near) if near else say("`shisaku ops` lists what there is"),
        ) from None
    try:
        return entry.load()
    except (ImportError, AttributeError) as error:
        raise MachineError(
            say("{name} is installed but does not load: {cause}", name=name, cause=str(error)),
            where=entry.value,
            next=say("Install the extra or package it needs"),
        ) from error


def op_class(name: str) -> type[Op]:
    """Return the op class of that name."""
    found = load(OPS, name)
    if not (isinstance(found, type) and issubclass(found, Transform | Metric)):
        raise MachineError(say("{name} is neither a Transform nor a Metric", name=name))
    return found
