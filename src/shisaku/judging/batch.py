"""A batch: what one step of a recipe made, from what, and which real samples it stands beside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from shisaku.auditing.plan import Contents
from shisaku.core.recipe import ROOT, Recipe
from shisaku.core.sample import Kind, Sample
from shisaku.registry.make import make_op
from shisaku.registry.streams import Stream, streams_of

MADE, SOURCE, CONTEXT, CHANGED = "made", "source", "context", "changed"


@dataclass(frozen=True, slots=True)
class Batch:
    """The stream `name`, the parts that its step wrote and read, and the streams of real samples it descends from.

    Of a batch that a user brought nobody knows what was written: `wrote` is empty and all its parts count as made.
    """

    name: str
    real: tuple[str, ...]
    wrote: Mapping[str, Kind]
    read: Mapping[str, Kind]

    def contents(self, samples: Iterable[Sample], real: Contents | None) -> Contents:
        """Say what the batch consists of and which part plays which role; labels are those that both sides have."""
        own = Contents.of(samples)
        kinds = {name: kind for name, kind in own.parts.items() if kind != "embedding"}
        made = [name for name in kinds if name in self.wrote] or [name for name in kinds if name not in self.read]
        others = [name for name in kinds if name not in made]
        source = [name for name in kinds if self.read.get(name) == kinds[name]]
        near = {kinds[name] for name in source if name not in made}
        context = [name for name in others if name in source or kinds[name] not in near]
        labels = own.labels if real is None else tuple(name for name in own.labels if name in real.labels)
        changed = [name for name in made if kinds[name] in self.read.values()]
        source = [name for name in source if name not in made]
        roles = {MADE: made, SOURCE: source, CONTEXT: context, CHANGED: changed}
        return replace(own, parts=kinds, labels=labels, against=real is not None, roles=roles)


def batches_of(recipe: Recipe, makers: Collection[str]) -> list[Batch]:
    """Return the batches that the steps `makers` make, in the recipe's order."""
    streams = streams_of(recipe)
    found = []
    for step in recipe.steps:
        if step.name in makers:
            op = make_op(step.op, step.params, step.line)
            real = sorted(_roots(step.name, streams), key=list(streams).index)
            found.append(Batch(step.name, tuple(real), op.writes_parts(), op.reads_parts()))
    return found


def _roots(name: str, streams: Mapping[str, Stream]) -> set[str]:
    """Return the streams that came in and that samples of `name` descend from; a pool is mixed in, no ancestor."""
    found: set[str] = set()
    waiting, seen = [name], {name}
    while waiting:
        here = streams[waiting.pop()]
        if here.origin in ("root", "select"):
            found.add(here.name)
            continue
        waiting += [source for source in here.source if source not in seen]
        seen.update(here.source)
    return {ROOT} if ROOT in found else found
