"""Chains in which each step adds a part to the same samples: image, caption, other words, speech, what was heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shisaku.errors import ShisakuError
from shisaku.report.record import Record
from shisaku.report.shown import Shown, shown_parts

if TYPE_CHECKING:
    from shisaku.core.dataset import Dataset
    from shisaku.core.sample import Sample

SHOWN = 4  # samples of each chain


@dataclass(frozen=True, slots=True)
class Link:
    """What one step added to one sample, and how that was scored."""

    stream: str
    op: str
    added: Shown
    scores: Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Chain:
    """The streams of a chain in order, and some samples as they went through it."""

    streams: tuple[str, ...]
    n: int
    rows: Sequence[Sequence[Link]]


def chains(record: Record) -> list[Chain]:
    """Return every chain of two or more adding steps; none where the streams cannot be read any more."""
    opened: dict[str, Dataset] = {}
    for name in record.run.streams():
        if not record.is_view(name) and not name.endswith(".random"):
            try:
                opened[name] = record.run.stream(name)
            except ShisakuError:  # the cache was emptied: the page does without
                continue
    before = {name: source for name in opened if (source := _added_to(record, opened, name))}
    ends = [name for name in before if name not in before.values()]
    paths = [_path(end, before) for end in ends]
    return [_chain(record, opened, path) for path in paths if len(path) > 2]


def _added_to(record: Record, opened: Mapping[str, Dataset], name: str) -> str:
    """Return the stream whose samples this one holds with a part more, or nothing."""
    sources = record.graph.sources(name)
    if record.graph.kept(name) or len(sources) != 1 or sources[0] not in opened or not len(opened[name]):
        return ""
    first = opened[name].ids()[0]
    return sources[0] if first in set(opened[sources[0]].ids()) else ""


def _path(end: str, before: Mapping[str, str]) -> tuple[str, ...]:
    path = [end]
    while path[0] in before and before[path[0]] not in path:
        path.insert(0, before[path[0]])
    return tuple(path)


def _chain(record: Record, opened: Mapping[str, Dataset], path: tuple[str, ...]) -> Chain:
    ids = opened[path[-1]].ids()
    picked = [ids[i * len(ids) // min(SHOWN, len(ids))] for i in range(min(SHOWN, len(ids)))]
    scores = _scores(record, path, set(picked))
    taken = {name: opened[name].take(picked) for name in path}
    rows = [
        [_link(record, path, taken, place, row, scores) for place in range(len(path))] for row in range(len(picked))
    ]
    return Chain(path, len(ids), rows)


def _link(
    record: Record,
    path: tuple[str, ...],
    taken: Mapping[str, Sequence[Sample]],
    place: int,
    row: int,
    scores: Mapping[tuple[str, str], Sequence[tuple[str, float]]],
) -> Link:
    stream = path[place]
    sample = taken[stream][row]
    had = set(taken[path[place - 1]][row].parts) if place else set()
    added = shown_parts(sample, [name for name in sample.parts if name not in had])
    return Link(stream, record.graph.maker(stream), added, scores.get((sample.id, stream), ()))


def _scores(record: Record, path: Sequence[str], ids: set[str]) -> dict[tuple[str, str], list[tuple[str, float]]]:
    measured = {name: record.graph.sources(name) for name in {str(r["step"]) for r in record.tables["scores"]}}
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in record.tables["scores"]:
        for stream in measured[str(row["step"])]:
            if str(row["sample"]) in ids and stream in path:
                found.setdefault((str(row["sample"]), stream), []).append((str(row["step"]), float(row["value"])))
    return found
