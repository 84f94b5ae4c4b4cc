"""The graph of a recipe: which streams there are, what each comes from, and in which order to cook them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Literal

from shisaku.core.recipe import ROOT, Keep, Recipe, Step
from shisaku.core.study_spec import StudySpec

CONTROL = ".random"
# A selection of what the student of a study in an earlier run got wrong, and which look at the data that was.
WRONG_IN, STUDY, LOOK = "wrong_in", "study", "look"
Origin = Literal["root", "select", "step", "keep", "control"]


@dataclass(frozen=True, slots=True)
class Stream:
    """A named flow of samples: where they come from (`source`), all it depends on (`upstream`), a selection's facts."""

    name: str
    origin: Origin
    source: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def streams_of(recipe: Recipe) -> dict[str, Stream]:
    """Return every stream of a recipe by name (the first of a name wins; duplicates are found elsewhere)."""
    found = [Stream(ROOT, "root")]
    found += [Stream(name, "select", (ROOT,), (ROOT,), facts) for name, facts in recipe.select.items()]
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


def apart(one: str, other: str, streams: Mapping[str, Stream]) -> bool:
    """Whether no sample that came in can be behind both streams: they go back to selections by other facts."""
    ours, theirs = _origins(one, streams), _origins(other, streams)
    return all(_exclude(streams[mine], streams[its]) for mine in ours for its in theirs)


def reads_all(name: str, streams: Mapping[str, Stream]) -> bool:
    """Whether a stream goes back to all that came in, not to selections only."""
    return ROOT in _origins(name, streams)


def tested_on(study: StudySpec) -> set[str]:
    """Return the streams that a study tests or makes choices on; held-out real items stand behind derived tests."""
    real = {study.real} if any(domain.kind != "external" for domain in study.domains) else set()
    return real | {name for domain in study.domains for name in (domain.stream, domain.validate) if name}


def facts_of(selection: Mapping[str, str]) -> dict[str, str]:
    """Return the facts among the words of a selection."""
    own = (WRONG_IN, STUDY, LOOK) if WRONG_IN in selection else ()
    return {fact: value for fact, value in selection.items() if fact not in own}


def _origins(name: str, streams: Mapping[str, Stream]) -> set[str]:
    """Return the selections, and the root where it is read itself, behind a stream and all it depends on."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in streams and here not in seen:
            seen.add(here)
            waiting += streams[here].upstream if streams[here].origin != "select" else ()
    return {here for here in seen if streams[here].origin in ("root", "select")}


def _exclude(one: Stream, other: Stream) -> bool:
    mine, its = facts_of(one.facts), facts_of(other.facts)
    return any(mine[fact] != its[fact] for fact in mine.keys() & its.keys())


def within(name: str, others: Set[str], streams: Mapping[str, Stream], views: Set[str]) -> bool:
    """Whether every sample id of `name` is surely in one of `others`.

    That is so for itself, its whole, a selection by fewer of the same facts, and what it is a view of; `views`
    names the steps that keep their samples' ids. There must be no circle among `streams`.
    """
    inside: dict[str, bool] = {}
    waiting = [name]
    while waiting:
        here = waiting[-1]
        stream = streams.get(here)
        if here in others or (stream is not None and _selected_wider(stream, others, streams)):
            inside[here] = True
        elif stream is None or not stream.source or (stream.origin == "step" and here not in views):
            inside[here] = False
        elif ahead := [source for source in stream.source if source not in inside]:
            waiting += ahead
            continue
        else:
            inside[here] = all(inside[source] for source in stream.source)
        waiting.pop()
    return inside[name]


def _selected_wider(stream: Stream, others: Set[str], streams: Mapping[str, Stream]) -> bool:
    if stream.origin != "select":
        return False
    wider = [streams[other].facts for other in others if other in streams and streams[other].origin == "select"]
    return any(facts.items() <= stream.facts.items() for facts in wider)
