"""Reads a Lance dataset that somebody made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.arrow_layout import table_layout
from shisaku.store.readers.arrow_shards import arrow_records, unread_notes
from shisaku.store.readers.lance_table import LanceTable
from shisaku.store.readers.reader import Record
from shisaku.store.readers.recognition import CERTAIN, Layout
from shisaku.store.readers.typed_columns import TypedColumns

VERSIONS = "_versions"


@dataclass(frozen=True)
class LanceReader(TypedColumns):
    """A Lance dataset (a folder with ``_versions`` in it), its latest version, one sample a row.

    What the columns mean is found out as in the reader ``parquet``; rows are read a few at a time, by a process that
    may die of a damaged table.

    Example::

        data: {reader: lance, with: {path: flowers.lance, label: species}}
    """

    def records(self) -> Iterator[Record]:
        """Give one record per row. Raises DataError where there is no such dataset."""
        root = Path(self.path).expanduser()
        if not (root / VERSIONS).is_dir():
            raise DataError(say("There is no Lance dataset here"), str(root))
        table = LanceTable(root)
        table.schema()
        yield from arrow_records([table], self.named(), root.parent)

    def notes(self) -> tuple[Message, ...]:
        """Name the columns that are not read."""
        root = Path(self.path).expanduser()
        table = LanceTable(root)
        blobs = tuple(
            say("Column {name} is kept as Lance's blobs and is not read", name=name) for name in table.blobs()
        )
        return (*blobs, *unread_notes([table], self.named(), root.parent))

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("lance", asdict(self))

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Take a folder with ``_versions`` in it."""
        if not (path / VERSIONS).is_dir():
            return None
        why = say("The folder {name} is what Lance keeps the versions of a table in", name=VERSIONS)
        return table_layout("lance", cls, LanceTable(path), path, why, CERTAIN)
