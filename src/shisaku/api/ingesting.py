"""Bring data of any known layout into a dataset home, as a new version of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.progress import Progress, silent
from shisaku.errors import DataError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.core.drop import Drop
    from shisaku.store.home import Source, Version
    from shisaku.store.ingest import Ingested
    from shisaku.store.readers.recognition import Layout

INLINE_MB = 4.0


def ingest(
    path: str | Path,
    out: str | Path | None = None,
    *,
    known_as: str = "",
    settings: Mapping[str, str] | None = None,
    limits: Mapping[str, str] | None = None,
    licence: str = "",
    consent: str = "",
    message: str = "",
    inline_mb: float = INLINE_MB,
    dry_run: bool = False,
    workers: int = 2,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Recognise the layout at `path`, read all of it and commit it to the dataset home `out` as a new version.

    `known_as` takes it for the layout of that name; `settings` are parameters of the reader and `limits` of the
    decoder, as on the command line. Media above `inline_mb` megabytes become files of their own. With `dry_run`
    records are counted, nothing is decoded and nothing is written. A call that was stopped goes on where it was.

    Returns layout, why, samples, dropped, drops_by_reason (with one example of each in drop_examples), notes,
    problems, and out, version and fingerprint of what was committed. Records = samples + dropped; where no record
    can be used, `samples` is 0 and nothing is committed. Raises DataError, RecipeError, MachineError.
    """
    from shisaku.api.recognising import Wish, limits_of, recognised

    wish = Wish(known_as, settings, limits, licence, consent)
    layout = recognised(Path(path).expanduser(), wish)
    told = _told(path, layout)
    if dry_run:
        return {**told, **_counted(layout), "dry_run": True}
    if out is None:
        raise DataError(say("Nothing says where to write"), next=say("Give --out and a folder, or --dry-run"))
    return {**told, **_committed(layout, Path(out), limits_of(wish), message, inline_mb, workers, progress)}


def _told(path: str | Path, layout: Layout) -> dict[str, Any]:
    return {
        "path": str(path),
        "layout": layout.name,
        "reader": layout.door,
        "params": _params(layout.reader),
        "why": [one.with_text() for one in layout.why],
        "problems": [one.with_text() for one in layout.problems],
    }


def _committed(
    layout: Layout, out: Path, limits: Any, message: str, inline_mb: float, workers: int, progress: Progress
) -> dict[str, Any]:
    from shisaku.store.home import commit, writing
    from shisaku.store.ingest import NothingUsableError
    from shisaku.store.ingest import ingest as read
    from shisaku.store.places import cache_dir

    with writing(out) as home:
        try:
            found = read(layout.reader, cache_dir(), progress, limits=limits, workers=workers)
        except NothingUsableError as error:
            return _none_came(layout, error)
        progress("commit", 0, 1)
        version = commit(
            home,
            found.dataset,
            _source(layout, found, limits),
            drops=found.drops,
            when=datetime.now(UTC).isoformat(timespec="seconds"),
            message=message,
            inline_mb=inline_mb,
        )
        progress("commit", 1, 1)
    return _outcome(out, version, found)


def _outcome(out: Path, version: Version, found: Ingested) -> dict[str, Any]:
    return {
        "out": str(out),
        "version": version.number,
        "fingerprint": version.fingerprint,
        "samples": len(found.dataset),
        "notes": [note.with_text() for note in found.notes],
        **_dropped((drop.sample, drop.reason) for drop in found.drops),
    }


def _none_came(layout: Layout, error: Any) -> dict[str, Any]:
    drops: tuple[Drop, ...] = error.drops
    problems = [*layout.problems, error.what]
    return {
        "out": "",
        "version": 0,
        "fingerprint": "",
        "samples": 0,
        "notes": [],
        "problems": [one.with_text() for one in problems],
        **_dropped((drop.sample, drop.reason) for drop in drops),
    }


def _counted(layout: Layout) -> dict[str, Any]:
    """Count records without holding them; parts are not decoded, so more may be dropped in the end."""
    from collections import Counter

    from shisaku.store.readers.reader import TellsNotes

    refused: list[tuple[str, Message]] = []
    kinds: Counter[str] = Counter()
    samples = 0
    for record in layout.reader.records():
        if record.problem:
            refused.append((record.id, record.problem))
        else:
            samples += 1
            kinds.update(part.kind for part in record.parts.values())
    notes = layout.reader.notes() if isinstance(layout.reader, TellsNotes) else ()
    return {
        "samples": samples,
        "parts": dict(kinds),
        "notes": [note.with_text() for note in notes],
        **_dropped(refused),
    }


def _dropped(drops: Iterable[tuple[str, Message]]) -> dict[str, Any]:
    from shisaku.api.drop_reasons import by_reason

    found = by_reason(drops)
    return {
        "dropped": sum(one.n for one in found),
        "drops_by_reason": {one.reason: one.n for one in found},
        "drop_examples": {one.reason: {"sample": one.sample, "text": one.text} for one in found},
    }


def _source(layout: Layout, found: Ingested, limits: Any) -> Source:
    from shisaku.store.home import Source

    return Source(layout.door, _params(layout.reader), layout.name, layout.why, found.notes, asdict(limits))


def _params(reader: Any) -> dict[str, Any]:
    """Return the parameters that differ from the reader's defaults."""
    held = {f.name: getattr(reader, f.name) for f in fields(reader) if f.init}
    defaults = {f.name: f.default for f in fields(reader)}
    return {name: value for name, value in held.items() if value != defaults[name]}
