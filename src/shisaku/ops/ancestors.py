"""The ancestor of a made sample among given ones, how many hops lie between, and which models took part."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from shisaku.core.sample import Sample
from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.store.marks import MADE_BY

# Facts in which ops note the honest name of the model that made a sample.
MAKERS: Final = ("painter", "rewriter", "synthesiser", "translator")


def ancestors_from(reference: Sequence[Sample] | None, op: str) -> dict[str, Sample]:
    """Return id -> sample of the reference, by id. Raises RecipeError if there is none."""
    if not reference:
        raise RecipeError(
            say("{op} needs a reference of real samples and got none", op=op),
            next=say("Give the step `reference:` with the stream that its samples descend from"),
        )
    return {one.id: one for one in sorted(reference, key=lambda sample: sample.id)}


def ancestor_of(sample: Sample, among: Mapping[str, Sample]) -> Sample:
    """Return the nearest ancestor: first parent, its parent and so on, or the same sample before it was changed.

    The ids of children hold those of their first parents; what was mixed in from a pool is no ancestor. Raises
    DataError where none is among the given ones.
    """
    line = [*sample.parents[:1]]
    rest = sample.id
    while "/" in rest:
        rest = rest.rpartition("/")[0]
        line.append(rest)
    for name in [*line, sample.id]:
        if name in among and among[name].depth <= sample.depth:
            return among[name]
    raise DataError(say("No ancestor of this sample is in the reference"), where=sample.id)


def hops_between(sample: Sample, ancestor: Sample) -> int:
    """Return how many generations lie between a sample and its ancestor."""
    return sample.depth - ancestor.depth


def makers_of(sample: Sample, *, but: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of the models that its record says took part in making it, sorted.

    `but` are parts whose maker does not count: what a judge itself wrote.
    """
    found = {sample.facts[name] for name in MAKERS if sample.facts.get(name)}
    for name, fact in sample.facts.items():
        head, _, part = name.partition(":")
        if head == MADE_BY and part not in but:
            found |= _models(fact)
    return tuple(sorted(found))


def _models(trace: str) -> set[str]:
    try:
        told = json.loads(trace)
    except ValueError:
        return set()
    models = told.get("models") if isinstance(told, dict) else None
    return {str(name) for name in models} if isinstance(models, dict) else set()
