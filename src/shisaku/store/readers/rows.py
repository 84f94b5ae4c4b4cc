"""A table file (CSV, TSV, JSON lines, JSON, Parquet) as rows of text, each with its line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.registry.doors import closest
from shisaku.store.encodings import read_text

DELIMITERS = (",", "\t", ";")
TABLE_MB = 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file (1-based; the row number for Parquet), its cells, or why it cannot be used."""

    line: int
    cells: Mapping[str, str] = field(default_factory=dict)
    problem: Message | None = None

    def cell(self, column: str) -> str:
        """Return a cell without outer white space; an absent one is empty."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True, slots=True)
class Rows:
    """A whole table, its columns in order, and what there is to say about how it was read."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Message, ...] = ()

    def require(self, wanted: Mapping[str, str]) -> None:
        """Check that columns exist; `wanted` maps parameter names to them. Raises DataError naming those there are."""
        for parameter, column in wanted.items():
            if not column or column in self.columns:
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
        return _parquet(path)
    if suffix not in (".csv", ".tsv", ".jsonl", ".json", ".ndjson"):
        raise DataError(
            say("This is not a table that is read ({suffix})", suffix=suffix or path.name),
            str(path),
            next=say("Give a CSV, TSV, JSONL or Parquet file, or a folder"),
        )
    text, note = read_text(path, TABLE_MB)
    found = _delimited(path, text) if suffix in (".csv", ".tsv") else _objects(path, text)
    return Rows(path, found.columns, found.rows, (note,) if note else ())


def _delimited(path: Path, text: str) -> Rows:
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        where = f"{path}:{reader.line_num}"
        raise DataError(
            say("Line {line} is not CSV: {cause}", line=reader.line_num, cause=str(error)), where
        ) from error
    if not lines:
        raise DataError(say("The table is empty"), str(path), next=say("Its first line must name the columns"))
    columns = tuple(name.strip() or f"column {n}" for n, name in enumerate(lines[0][1], 1))
    twice = next((name for n, name in enumerate(columns) if name in columns[:n]), "")
    if twice:
        raise DataError(say("Two columns are called {name}", name=twice), f"{path}:1", next=say("Rename one of them"))
    return Rows(path, columns, tuple(_row(line, cells, columns) for line, cells in lines[1:]))


def _row(line: int, cells: list[str], columns: tuple[str, ...]) -> Row:
    while len(cells) > len(columns) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(columns):
        # A shifted cell would be a wrong label, so the row is not repaired.
        problem = say(
            "Line {line} has {n} cells where the header has {wanted}", line=line, n=len(cells), wanted=len(columns)
        )
        return Row(line, problem=problem)
    return Row(line, dict(zip(columns, cells, strict=True)))


def _objects(path: Path, text: str) -> Rows:
    rows = tuple(_json_rows(path, text))
    if not rows:
        raise DataError(say("The table is empty"), str(path), next=say("Give one JSON object a line"))
    columns = dict.fromkeys(column for row in rows for column in row.cells)
    return Rows(path, tuple(columns), rows)


def _json_rows(path: Path, text: str) -> Iterator[Row]:
    if path.suffix.lower() == ".json":
        try:
            held = json.loads(text)
        except ValueError as error:
            raise DataError(say("This is not JSON: {cause}", cause=str(error)), str(path)) from error
        if not isinstance(held, list):
            raise DataError(say("The JSON file must hold a list of objects"), str(path))
        yield from (_json_row(number, item) for number, item in enumerate(held, 1))
        return
    for line, one in enumerate(text.split("\n"), 1):
        if one.strip():
            try:
                yield _json_row(line, json.loads(one))
            except (ValueError, RecursionError):
                yield Row(line, problem=say("Line {line} is not a JSON object", line=line))


def _json_row(line: int, item: Any) -> Row:
    if not isinstance(item, dict):
        return Row(line, problem=say("Line {line} is not a JSON object", line=line))
    return Row(line, {str(key): _text(value) for key, value in item.items()})


def _parquet(path: Path) -> Rows:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DataError(say("This is not a Parquet file: {cause}", cause=str(error)[:200]), str(path)) from error
    plain = [f.name for f in table.schema if not _holds_bytes(f.type)]
    left_out = [name for name in table.column_names if name not in plain]
    notes = [say("Column {name} holds bytes and is not read; export them as files", name=name) for name in left_out]
    rows = enumerate(table.select(plain).to_pylist(), 1)
    held = tuple(Row(number, {key: _text(value) for key, value in row.items()}) for number, row in rows)
    return Rows(path, tuple(plain), held, tuple(notes))


def _holds_bytes(type_: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_struct(type_):
        return any(_holds_bytes(type_.field(n).type) for n in range(type_.num_fields))
    return bool(pa.types.is_binary(type_) or pa.types.is_large_binary(type_) or pa.types.is_fixed_size_binary(type_))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # JSON can hold halves of characters
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
