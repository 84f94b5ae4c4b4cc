"""Made samples beside those they were made from, so that a person can look and listen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from shisaku.errors import ShisakuError
from shisaku.report.descent import Descent
from shisaku.report.flow import drop_words
from shisaku.report.record import Record, Row
from shisaku.report.shown import Shown, shown_parts, shown_rows
from shisaku.report.words import Words

BUDGET = 2_000_000  # characters of data URIs that parents may add to the page


@dataclass(frozen=True, slots=True)
class Pair:
    """A made sample, how many hops it is from real data, its parent where it could be found, why it was dropped."""

    child: Shown
    depth: int
    parent_id: str
    parent: Shown | None
    dropped: Words | None


@dataclass(frozen=True, slots=True)
class Wall:
    """The pairs of one stream, which holds `n` samples."""

    stream: str
    n: int
    pairs: Sequence[Pair]


def walls(record: Record, descent: Descent) -> list[Wall]:
    """Return the made samples that the run put aside to be shown, by the step that made them, in order of cooking."""
    rows = [r for r in record.documents["samples"] or [] if isinstance(r, Mapping)]
    there = _from_rows(rows)
    children = {
        (str(r["stream"]), str(r["id"])): str(r["parent"])
        for r in rows
        if r.get("parent") and descent.maker.get(str(r["id"]), str(r["stream"])) == str(r["stream"])
    }
    parents = _parents(record, there, set(children.values()))
    drops = {str(r["sample"]): drop_words(r) for r in record.tables["drops"]}
    depths = {str(r["child"]): int(r["depth"]) for r in record.tables["lineage"]}
    listed, found = record.run.streams(), []
    for stream in listed:
        pairs = [
            Pair(there[name, child], depths.get(child, 1), parent, parents.get(parent), drops.get(child))
            for (name, child), parent in children.items()
            if name == stream
        ]
        if pairs:
            found.append(Wall(stream, int(listed[stream].get("n", 0)), pairs))
    return found


def _from_rows(rows: Sequence[Row]) -> dict[tuple[str, str], Shown]:
    """(stream, id) -> what the run put aside of that sample."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((str(row["stream"]), str(row["id"])), []).append(row)
    return {key: shown_rows(key[1], found) for key, found in grouped.items()}


def _parents(record: Record, there: Mapping[tuple[str, str], Shown], wanted: Set[str]) -> dict[str, Shown]:
    """Return parents from what was put aside, and the others from the streams as far as those can still be read."""
    found: dict[str, Shown] = {}
    for (_stream, id_), one in there.items():
        if id_ in wanted:
            found.setdefault(id_, one)
    left = BUDGET
    for name in record.run.streams():
        missing = sorted(wanted - set(found))
        if not missing or "." in name:
            continue
        try:
            dataset = record.run.stream(name)
            held = set(dataset.ids())
            samples = dataset.take([id_ for id_ in missing if id_ in held])
        except ShisakuError:  # the cache was emptied or the run was moved: the page does without these pictures
            continue
        for sample in samples:
            parent = shown_parts(sample, sorted(sample.parts))
            left -= parent.size
            if left > 0:
                found[sample.id] = parent
    return found
