"""The graph of a recipe: which streams there are, what each comes from, and in which order to cook them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Literal

from shisaku.core.recipe import ROOT, Keep, Recipe, Step

CONTROL = ".random"
Origin = Literal["root", "select", "step", "keep", "control"]


@dataclass(frozen=True, slots=True)
class Stream:
    """A named flow of samples, the streams its samples come from (`source`), and all it depends on (`upstream`)."""

    name: str
    origin: Origin
    source: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()


def streams_of(recipe: Recipe) -> dict[str, Stream]:
    """Return every stream of a recipe by name (the first of a name wins; duplicates are found elsewhere)."""
    found = [Stream(ROOT, "root")]
    found += [Stream(name, "select", (ROOT,), (ROOT,)) for name in recipe.select]
    found += [Stream(step.name, "step", step.source, needs_of(step)) for step in recipe.steps]
    for keep in recipe.keep:
        found.append(Stream(keep.name, "keep", (keep.source,), needs_of(keep)))
        found.append(Stream(keep.name + CONTROL, "control", (keep.source,), needs_of(keep)))
    streams: dict[str, Stream] = {}
    for stream in found:
        streams.setdefault(stream.name, stream)
    return streams


def needs_of(work: Step | Keep) -> tuple[str, ...]:
    """Return the names of everything that must be cooked before this step or keep."""
    if isinstance(work, Keep):
        return (work.source, *(rule.metric for rule in work.rules))
    return (*work.source, *(name for name in (work.pool, work.reference) if name))


def cooking_order(recipe: Recipe) -> list[Step | Keep]:
    """Return steps and keeps so that each comes after what it needs, else as written. Cycles are left out."""
    done = {ROOT, *recipe.select}
    waiting: list[Step | Keep] = [*recipe.steps, *recipe.keep]
    order: list[Step | Keep] = []
    while ready := [work for work in waiting if all(name in done for name in needs_of(work))]:
        order += ready
        for work in ready:
            done |= {work.name, work.name + CONTROL} if isinstance(work, Keep) else {work.name}
        waiting = [work for work in waiting if work not in ready]
    return order


def cycle_in(streams: Mapping[str, Stream]) -> tuple[str, ...]:
    """Return one circle of stream names (first name repeated at the end), empty if there is none."""
    safe: set[str] = set()
    for start in streams:
        path: list[str] = []
        found = _walk(start, streams, path, safe)
        if found:
            return found
    return ()


def _walk(name: str, streams: Mapping[str, Stream], path: list[str], safe: set[str]) -> tuple[str, ...]:
    """Search depth first without recursion: a recipe may chain thousands of steps."""
    stack: list[tuple[str, int]] = [(name, 0)]
    while stack:
        here, turn = stack.pop()
        if turn == 0:
            if here in safe or here not in streams:
                continue
            if here in path:
                return (*path[path.index(here) :], here)
            path.append(here)
        upstream = streams[here].upstream
        if turn < len(upstream):
            stack.append((here, turn + 1))
            stack.append((upstream[turn], 0))
        else:
            path.pop()
            safe.add(here)
    return ()


def ancestors(name: str, streams: Mapping[str, Stream]) -> set[str]:
    """Return the stream and all it depends on, directly or not."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in streams and here not in seen:
            seen.add(here)
            waiting += streams[here].upstream
    return seen


def within(name: str, others: Set[str], streams: Mapping[str, Stream], views: Set[str]) -> bool:
    """Whether every sample id of `name` is surely in one of `others`: itself, its whole, or what it is a view of.

    `views` names the steps that keep their samples' ids.
    """
    if name in others:
        return True
    stream = streams.get(name)
    if stream is None or not stream.source:
        return False
    if stream.origin == "step" and name not in views:
        return False
    return all(within(source, others, streams, views) for source in stream.source)
