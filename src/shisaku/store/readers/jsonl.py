"""Reads the folder of media files and JSON lines that shisaku itself exports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.inside import inside
from shisaku.store.readers.reader import Record
from shisaku.store.readers.recognition import CERTAIN, Layout
from shisaku.store.readers.record_json import FIELD, WORDS
from shisaku.store.readers.whole import Source, whole_record

TABLE = "metadata.jsonl"
LONGEST_LINE = 64 << 20


@dataclass(frozen=True)
class JsonlReader:
    """A folder with ``metadata.jsonl`` whose every line carries the whole record under ``shisaku``.

    The samples come back as they were exported. JSON lines of other origin are read by ``folder`` and ``table``.

    Example::

        data: {reader: jsonl, with: {path: flowers-files}}
    """

    path: str

    def records(self) -> Iterator[Record]:
        """Give one record per line. Raises DataError where the table is not there."""
        root = Path(self.path).expanduser()
        try:
            with open(root / TABLE, encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
                for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LINE), ""), 1):
                    if line.strip():
                        yield _record(root, number, line)
        except OSError as error:
            raise DataError(
                say("The file cannot be read: {cause}", cause=error.strerror or str(error)), str(root / TABLE)
            ) from error

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("jsonl", asdict(self))

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Take a folder whose ``metadata.jsonl`` carries a record in its first line."""
        try:
            with open(path / TABLE, "rb") as lines:
                held = json.loads(lines.readline(LONGEST_LINE))
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(held, dict) or not isinstance(held.get(FIELD), dict):
            return None
        why = say("Every row carries the whole record that shisaku wrote")
        return Layout("jsonl", (why,), cls(str(path)), strength=CERTAIN)


def _record(root: Path, number: int, line: str) -> Record:
    name = f"{TABLE}:{number}"
    try:
        held = json.loads(line)
        about = held[FIELD]
    except (ValueError, RecursionError, KeyError, TypeError):
        return Record(name, problem=say("Line {line} carries no record of shisaku", line=number))
    return whole_record(about, name, lambda kind, column: _source(root, kind, held.get(column)))


def _source(root: Path, kind: str, value: Any) -> Source | Message:
    if kind == "table" and isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str):
        return say("A part is missing in its column")
    return value if kind in WORDS else inside(root, value)
