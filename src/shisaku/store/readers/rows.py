"""A table file (CSV, TSV, JSON lines, JSON, Parquet) as rows of text, each with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shisaku.core.annotators import SEPARATOR
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.registry.doors import closest
from shisaku.store.encodings import text_encoding
from shisaku.store.readers.cells import Cells, Row
from shisaku.store.readers.delimited import read_delimited
from shisaku.store.readers.object_cells import read_objects, read_parquet

__all__ = ["Row", "Rows", "read_rows"]

TABLE_MB = 1024


@dataclass(frozen=True, slots=True)
class Rows:
    """A whole table in little room (`Cells`), its columns in order, and what there is to say about how it was read."""

    path: Path
    columns: tuple[str, ...]
    rows: Cells
    notes: tuple[Message, ...] = ()

    def has_label(self, column: str) -> bool:
        """Say whether the table has this label: one column, or one for each annotator (``class/anna``)."""
        return column in self.columns or any(name.startswith(column + SEPARATOR) for name in self.columns)

    def require(self, wanted: Mapping[str, str]) -> None:
        """Check that columns exist; `wanted` maps parameter names to them. Raises DataError naming those there are."""
        for parameter, column in wanted.items():
            if not column or column in self.columns or (parameter == "label" and self.has_label(column)):
                continue
            near = closest(column, list(self.columns))
            has = ", ".join(self.columns)
            raise DataError(
                say(
                    "There is no column {column} for {parameter}; the columns are: {has}",
                    column=column,
                    parameter=parameter,
                    has=has,
                ),
                str(self.path),
                next=say("Did you mean {near}?", near=near)
                if near
                else say("Give {parameter} one of these columns", parameter=parameter),
            )


def read_rows(path: Path) -> Rows:
    """Read a table by its suffix. Raises DataError if it is no table, with the line where there is one."""
    suffix = path.suffix.lower()
    if not path.is_file():
        raise DataError(say("There is no table here"), str(path), next=say("Give a CSV, TSV, JSONL or Parquet file"))
    if suffix == ".parquet":
        columns, rows, notes = read_parquet(path)
        return Rows(path, columns, rows, notes)
    if suffix not in (".csv", ".tsv", ".jsonl", ".json", ".ndjson"):
        raise DataError(
            say("This is not a table that is read ({suffix})", suffix=suffix or path.name),
            str(path),
            next=say("Give a CSV, TSV, JSONL or Parquet file, or a folder"),
        )
    encoding, note = text_encoding(path, TABLE_MB)
    read = read_delimited if suffix in (".csv", ".tsv") else read_objects
    columns, rows = read(path, encoding)
    return Rows(path, columns, rows, (note,) if note else ())
