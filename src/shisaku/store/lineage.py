"""Who came from whom in a dataset or a run, and how: read from the records, without their media."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shisaku.core.recipe import ROOT
from shisaku.core.sample import Sample
from shisaku.errors import DataError, ShisakuError
from shisaku.message import say
from shisaku.registry.doors import op_class
from shisaku.store.home import is_home, open_home
from shisaku.store.lance_table import MANIFEST, LanceDataset
from shisaku.store.marks import MADE_BY, SOURCE_TYPE
from shisaku.store.run import Run

COLUMNS = ("id", "parents", "depth", "licence", "consent", "facts", "parts")
KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Known:
    """A record without its media.

    `made_by` is its trace (empty for a real one), `parts` name -> kind, `added` the trace of each part that a view
    added, `types` the IPTC digital source type of each part that was made.
    """

    id: str
    depth: int
    parents: tuple[str, ...]
    licence: str
    consent: str
    parts: Mapping[str, str]
    made_by: Mapping[str, Any] = field(default_factory=dict)
    added: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Known:
        """Read a row with the columns `COLUMNS`."""
        facts = dict(row["facts"])
        parts = {part["name"]: part["kind"] for part in row["parts"]}
        added = {name: _trace(facts.get(f"{MADE_BY}:{name}", "")) for name in parts}
        codes = {name: facts.get(f"{name}_{SOURCE_TYPE}", "") for name in parts}
        return cls(
            id=row["id"],
            depth=row["depth"],
            parents=tuple(row["parents"]),
            licence=row["licence"],
            consent=row["consent"],
            parts=parts,
            made_by=_trace(facts.get(MADE_BY, "")),
            added={name: trace for name, trace in added.items() if trace},
            types={name: code for name, code in codes.items() if code},
        )

    def joined(self, other: Known) -> Known:
        """Return what two views of one record know together."""
        return Known(
            self.id, self.depth, self.parents, self.licence, self.consent, {**self.parts, **other.parts},
            self.made_by, {**self.added, **other.added}, {**self.types, **other.types},
        )  # fmt: skip


def records(path: Path | str, version: int | None = None) -> dict[str, Known]:
    """Return every record of a dataset home, a dataset or a run, by id. Raises DataError where there is none."""
    found: dict[str, Known] = {}
    for row in _rows(Path(path).expanduser(), version):
        one = Known.of(row)
        found[one.id] = found[one.id].joined(one) if one.id in found else one
    return found


def kin(found: Mapping[str, Known], id_: str) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return (parents of every ancestor, children of every descendant), `id_` itself among the keys of both.

    Raises DataError for an id that no record has.
    """
    if id_ not in found:
        raise DataError(say("There is no record with the id {id}", id=id_[:200]))
    children: dict[str, list[str]] = {}
    for one in found.values():
        for parent in one.parents:
            children.setdefault(parent, []).append(one.id)
    up = _walk(id_, lambda one: found[one].parents if one in found else ())
    return up, _walk(id_, lambda one: sorted(children.get(one, ())))


def _walk(start: str, nexts: Callable[[str], Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Follow `nexts` from `start`, each id once: a damaged record may name itself as its ancestor."""
    seen: dict[str, tuple[str, ...]] = {}
    waiting = [start]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen[one] = tuple(nexts(one))
            waiting += seen[one]
    return seen


def _rows(path: Path, version: int | None) -> Iterator[Mapping[str, Any]]:
    if is_home(path):
        return open_home(path, version).columns(COLUMNS)
    if (path / "run.json").is_file():
        return _rows_of_run(Run.open(path))
    if (path / MANIFEST).is_file():
        return LanceDataset(path).columns(COLUMNS)
    raise DataError(
        say("There is neither a dataset nor a run in this folder"),
        where=str(path),
        next=say("Give the folder of a dataset (shisaku ingest made it) or of a run"),
    )


def _rows_of_run(run: Run) -> Iterator[Mapping[str, Any]]:
    """Yield the records that came in and what every step made; what keep-rules let through is among them."""
    streams = run.streams()
    steps = [row["step"] for row in run.read_rows("counts") if row["op"] != KEEP and not _only_features(row["op"])]
    for name in dict.fromkeys((ROOT, *steps)):
        if name in streams:
            yield from map(_row, run.stream(name))


def _only_features(op: str) -> bool:
    """Whether an op adds vectors and nothing else: its samples are known from the stream that it read."""
    try:
        written = op_class(op).writes
    except ShisakuError:
        return False
    return bool(written) and set(written.values()) == {"embedding"}


def _row(sample: Sample) -> Mapping[str, Any]:
    parts = [{"name": name, "kind": part.kind} for name, part in sample.parts.items()]
    return {**{name: getattr(sample, name) for name in COLUMNS if name != "parts"}, "parts": parts}


def _trace(text: str) -> Mapping[str, Any]:
    """Read a trace; records come from files, so that it may be anything."""
    try:
        held = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}
