"""Takes what is about some samples out of the journal, and proves it by search."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shisaku.guard.journal import NAME
from shisaku.guard.journal_table import connect
from shisaku.store.atomic import disk_errors
from shisaku.store.forget.search import search
from shisaku.store.forget.targets import Targets

LINKS = "SELECT sample, key FROM samples"
MANY = 500


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many answers were removed, and the files that still hold something of the targets (should be none)."""

    answers: int
    found: tuple[str, ...]


def forget_answers(root: Path, targets: Targets) -> Forgotten:
    """Remove from the journal in `root` all answers about the targets, or that hold any of them.

    An answer that is also about a sample that stays is kept, as long as it holds nothing of the targets itself. Removed
    content is overwritten in the database, and its log is emptied; while another process reads the journal the log
    stays, and the search says so.
    """
    path = root / NAME
    if not path.is_file():
        return Forgotten(0, ())
    connection = connect(path)
    try:
        removed = _forget(connection, root, targets)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    return Forgotten(removed, search([root], targets).found)


def _forget(connection: sqlite3.Connection, root: Path, targets: Targets) -> int:
    connection.execute("BEGIN IMMEDIATE")
    links = [(sample, key) for sample, key in connection.execute(LINKS) if targets.is_one(sample)]
    touched = {key for _, key in links}
    connection.executemany("DELETE FROM samples WHERE sample = ? AND key = ?", links)
    shared = {key for _, key in connection.execute(LINKS) if key in touched}
    gone = (touched - shared) | set(_holders(connection, root, targets))
    files = set(_files(connection, gone))
    connection.executemany("DELETE FROM samples WHERE key = ?", [(key,) for key in gone])
    connection.executemany("DELETE FROM calls WHERE key = ?", [(key,) for key in gone])
    kept = set(connection.execute("SELECT DISTINCT file FROM calls WHERE file != ''"))
    connection.execute("COMMIT")
    for name in files - {name for (name,) in kept}:
        with disk_errors(root / name):
            (root / name).unlink(missing_ok=True)
    return len(gone)


def _holders(connection: sqlite3.Connection, root: Path, targets: Targets) -> Iterator[bytes]:
    """Give the keys of calls whose digests or answers name a target."""
    for key, made_of, body, file in connection.execute("SELECT key, made_of, body, file FROM calls"):
        answer = (root / file).read_bytes() if file and (root / file).is_file() else body or b""
        if targets.in_bytes(made_of.encode()) or targets.in_bytes(answer):
            yield key


def _files(connection: sqlite3.Connection, keys: set[bytes]) -> Iterator[str]:
    some = sorted(keys)
    for start in range(0, len(some), MANY):
        part = some[start : start + MANY]
        marks = ",".join("?" * len(part))
        rows = connection.execute(f"SELECT file FROM calls WHERE file != '' AND key IN ({marks})", part)  # noqa: S608
        yield from (name for (name,) in rows)
