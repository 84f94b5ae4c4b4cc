"""Looks for what was forgotten in every file of the places it could be in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint_bytes
from shisaku.core.progress import Progress, silent
from shisaku.errors import DataError
from shisaku.store.forget.opened import LABELS, Value, values_of, values_of_table
from shisaku.store.forget.targets import Targets
from shisaku.store.lance_table import TABLE

PCM_HEAD = 36  # a digest of 32 bytes and the rate, before the samples of a kept voice (`models.speech_cache`)


@dataclass(frozen=True, slots=True)
class Searched:
    """How many `files` and `bytes` were looked through, and the files that still hold something."""

    files: int
    bytes: int
    found: tuple[str, ...] = ()


def search(places: Iterable[Path], targets: Targets, progress: Progress = silent) -> Searched:
    """Look through all files below `places`; a file that cannot be opened in its own form counts as found."""
    files = [path for place in places for path in files_below(place)]
    found: list[str] = []
    size = 0
    for number, path in enumerate(files):
        progress("search", number, len(files))
        size += path.stat().st_size
        if holds(path, targets):
            found.append(str(path))
    tables = [table for place in places for table in tables_below(place)]
    found += [str(table) for table in tables if table_holds(table, targets)]
    progress("search", len(files), len(files))
    return Searched(len(files), size, tuple(found))


def holds(path: Path, targets: Targets) -> bool:
    """Say whether a file holds anything of the targets, or cannot be opened to tell."""
    if path.suffix == ".pcm" and fingerprint_bytes(path.read_bytes()[PCM_HEAD:]) in targets.waves:
        return True
    if path.name in targets.digests:
        return True
    return _any(values_of(path), targets)


def table_holds(path: Path, targets: Targets) -> bool:
    """Say whether a Lance table holds anything of the targets, deleted rows included."""
    return _any(values_of_table(path), targets)


def files_below(place: Path) -> Iterator[Path]:
    """Give the plain files of a place, sorted; links are not followed."""
    if place.is_file():
        yield place
    elif place.is_dir():
        yield from sorted(path for path in place.rglob("*") if path.is_file() and not path.is_symlink())


def tables_below(place: Path) -> Iterator[Path]:
    """Give the Lance tables of a place, sorted."""
    if place.is_dir():
        yield from sorted(path for path in place.rglob(f"*{Path(TABLE).suffix}") if (path / "_versions").is_dir())


def _any(values: Iterator[Value], targets: Targets) -> bool:
    try:
        return any(_is_hit(field, value, targets) for field, value in values)
    except (DataError, OSError, ValueError):
        return True


def _is_hit(field: str, value: str | bytes, targets: Targets) -> bool:
    if field == "html":
        return isinstance(value, str) and targets.in_text(value)
    if isinstance(value, str):
        # What a class is called is no record, even where a record is called the same.
        return field != LABELS and targets.in_value(value, field)
    if field:  # a whole part; pieces of one are looked for in the raw bytes of the file
        return hashlib.sha256(value).hexdigest() in targets.digests
    return targets.in_bytes(value)
