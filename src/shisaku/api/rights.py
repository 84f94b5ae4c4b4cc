"""May a run use its data for what it declares? Asked once, after the data came in and before anything is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from shisaku.core.recipe import Recipe
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError, RecipeError

if TYPE_CHECKING:
    from shisaku.atlas.gate import Clearance
    from shisaku.store.describe import Description

PEEKED = 100


@dataclass(frozen=True, slots=True)
class Declared:
    """What the caller of a run says beside the recipe.

    `accept` is a reason for using data whose licence does not allow it. `own_if_unsaid` counts data without a stated
    licence as the user's own: so do the verbs that are given a folder and no recipe.
    """

    accept: str = ""
    own_if_unsaid: bool = False


def check_source(recipe: Recipe) -> None:
    """Raise RecipeError if the recipe names a dataset that the atlas does not have."""
    from shisaku.atlas.catalogue import find

    if not recipe.data.atlas:
        return
    try:
        find(recipe.data.atlas)
    except DataError as error:
        raise RecipeError(error.what, where="data.source", next=error.next) from error


def cleared(recipe: Recipe, licences: Mapping[str, int], declared: Declared) -> Clearance:
    """Return the clearance of the data that came in. Raises DataError where its licence denies the declared use."""
    from shisaku.atlas.gate import clear

    source = recipe.data
    return clear(
        licences,
        source.use,
        source=source.atlas,
        override=source.override or declared.accept,
        own_if_unsaid=declared.own_if_unsaid,
    )


def may_declare(seen: Description) -> bool:
    """Whether a first recipe can say ``licence: own``: the reader takes a licence, and the data states none."""
    from dataclasses import fields

    from shisaku.registry.doors import READERS, load
    from shisaku.registry.make import make_behind

    names = {field.name for field in fields(load(READERS, seen.reader))}
    if "licence" not in names or "licence" in seen.params:
        return False
    reader: Any = make_behind(READERS, seen.reader, dict(seen.params))
    return all(record.licence == UNKNOWN for record in islice(reader.records(), PEEKED))
