"""A pool that holds real items and made ones: what an op needs that brings the made ones to the real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from shisaku.core.sample import Sample
from shisaku.core.seed import key_for
from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.ops.outcome import measurable

Content = TypeVar("Content")
Sides = tuple[dict[str, Content], dict[str, Content]]


def sides(
    op: str, pool: Sequence[Sample] | None, read: Callable[[Sample], Content], most: int, least: int
) -> Sides[Content]:
    """Return what can be read of the made and of the real samples of a pool, by id, at most `most` of either.

    Real is what was not made (no generation behind it). Of more than `most` those are taken whose ids hash first, so
    that order does not matter. Raises RecipeError without a pool, DataError where a side has fewer than `least`.
    """
    if not pool:
        raise RecipeError(
            say("{op} needs a pool of real and made training items and got none", op=op),
            next=say("Give the step `pool:` with a stream that holds both and only training material"),
        )
    found: list[dict[str, Content]] = []
    for made in (True, False):
        own = sorted((one for one in pool if (one.depth > 0) == made), key=lambda one: (key_for(one.id), one.id))
        held = measurable(own[:most], read)
        found.append(dict(sorted(held.items())))
    if min(len(side) for side in found) < least:
        raise DataError(
            say(
                "{op} needs {least} made and {least} real items in its pool, and there are {made} and {real}",
                op=op,
                least=least,
                made=len(found[0]),
                real=len(found[1]),
            ),
            next=say("Give the step `pool:` with a stream that holds both and only training material"),
        )
    return found[0], found[1]
