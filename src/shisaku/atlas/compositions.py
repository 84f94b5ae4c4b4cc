"""Templates of use cases: parts, entity, split, clocks, what must not be done, and which data at which stage."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from shisaku.atlas.catalogue import find
from shisaku.atlas.entry import LAYERS, Layer
from shisaku.atlas.rights import rights_of
from shisaku.atlas.tables import table
from shisaku.atlas.terms import Use
from shisaku.core.sample import Kind
from shisaku.errors import DataError
from shisaku.message import Message, say

OWN = "own"
Stage = Literal["poc", "fine-tune", "scale"]
Name = Annotated[str, Field(min_length=1)]
Names = Annotated[list[Name], Field(min_length=1)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Both(_Shape):
    """A text in both languages."""

    en: Name
    ja: Name


class PartShape(_Shape):
    """A part of a sample."""

    name: Name
    kind: Kind
    optional: bool = False


class SplitShape(_Shape):
    """By which entities a split is made, and by what it never is."""

    by: Names
    never: Both
    why: Both


class SyncShape(_Shape):
    """Which parts must be of one moment, and how nearly, in seconds (null: by order of time alone)."""

    between: Names
    tolerance: Annotated[float, Field(gt=0)] | None
    rule: Both


class ForbiddenShape(_Shape):
    """Something that must not be done to the data, and why."""

    op: Both
    why: Both


class UseCase(_Shape):
    """One composition; `stages` name datasets of the atlas by layer."""

    title: Both
    key: Name
    parts: Annotated[list[PartShape], Field(min_length=1)]
    split: SplitShape
    sync: SyncShape
    forbidden: list[ForbiddenShape]
    stages: dict[Stage, dict[Layer, Names]]


@cache
def use_cases() -> dict[str, UseCase]:
    """Return every use case by name."""
    return {name: UseCase.model_validate(held) for name, held in table("compositions")["use_cases"].items()}


def compose(use_case: str = "", stage: str = "", use: Use = "commercial") -> dict[str, Any]:
    """Return use cases with their data by stage and layer, each with its licence class and whether `use` is allowed.

    Raises DataError for a use case or stage that there is not.
    """
    found = use_cases()
    if use_case and use_case not in found:
        raise _not_there(say("The atlas has no use case {name}", name=use_case), found)
    if stage and stage not in get_args(Stage):
        raise _not_there(say("The atlas has no stage {name}", name=stage), get_args(Stage))
    return {
        name: {
            **case.model_dump(exclude={"stages"}),
            "stages": {
                at: {layer: [_dataset(one, layer, use) for one in layers[layer]] for layer in LAYERS if layer in layers}
                for at, layers in case.stages.items()
                if stage in ("", at)
            },
        }
        for name, case in found.items()
        if use_case in ("", name)
    }


def _dataset(name: str, layer: str, use: Use) -> dict[str, Any]:
    if name == OWN:
        return {"name": OWN, "layer": layer, "class": OWN, "allowed": use != "third-party", "conditions": []}
    entry = find(name)
    terms = rights_of(entry)
    return {
        "name": entry.name,
        "layer": entry.layer,
        "class": terms.kind,
        "allowed": terms.allows(use),
        "conditions": list(terms.conditions),
    }


def _not_there(what: Message, names: Iterable[str]) -> DataError:
    return DataError(what, next=say("Give one of: {names}", names=", ".join(names)))
