"""JSON lines, a JSON list, and the plain columns of Parquet into compact cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.arrow_rows import broken_row, rows_of
from shisaku.store.readers.cells import Cells, CellsBuilder, as_text


def read_objects(path: Path, encoding: str) -> tuple[tuple[str, ...], Cells]:
    """Return (columns, cells) of JSON lines, or of a list of objects. Raises DataError."""
    held = CellsBuilder()
    if path.suffix.lower() == ".json":
        for number, item in enumerate(_list(path, encoding), 1):
            _add(held, number, item)
    else:
        _add_lines(held, path, encoding)
    cells = held.done()
    if not cells:
        raise DataError(say("The table is empty"), str(path), next=say("Give one JSON object a line"))
    return tuple(held.columns), cells


def _list(path: Path, encoding: str) -> list[Any]:
    try:
        found = json.loads(path.read_text(encoding))
    except (ValueError, RecursionError) as error:
        raise DataError(say("This is not JSON: {cause}", cause=str(error)), str(path)) from error
    if not isinstance(found, list):
        raise DataError(say("The JSON file must hold a list of objects"), str(path))
    return found


def _add_lines(held: CellsBuilder, path: Path, encoding: str) -> None:
    with open(path, encoding=encoding, newline="\n") as file:
        for line, one in enumerate(file, 1):
            if not one.strip():
                continue
            try:
                _add(held, line, json.loads(one))
            except (ValueError, RecursionError):
                held.add_broken(line, _no_object(line))


def _add(held: CellsBuilder, line: int, item: Any) -> None:
    if isinstance(item, dict):
        held.add(line, {as_text(key): as_text(value) for key, value in item.items()})
    else:
        held.add_broken(line, _no_object(line))


def _no_object(line: int) -> Message:
    return say("Line {line} is not a JSON object", line=line)


def read_parquet(path: Path) -> tuple[tuple[str, ...], Cells, tuple[Message, ...]]:
    """Return (columns, cells, notes); columns that hold bytes are left out and noted. Raises DataError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    held, number = CellsBuilder(), 0
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            schema = file.schema_arrow
            plain = [field.name for field in schema if not holds_bytes(field.type)]
            left_out = [name for name in schema.names if name not in plain]
            for batch in file.iter_batches(batch_size=1024, columns=plain if left_out else None):
                for row in rows_of(batch):
                    number += 1
                    if row is None:
                        held.add_broken(number, broken_row(number))
                    else:
                        held.add(number, {key: as_text(value) for key, value in row.items()})
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DataError(say("This is not a Parquet file: {cause}", cause=str(error)[:200]), str(path)) from error
    notes = [say("Column {name} holds bytes and is not read; export them as files", name=name) for name in left_out]
    return tuple(plain), held.done(), tuple(notes)


def holds_bytes(type_: Any) -> bool:
    """Return whether an Arrow type is of bytes, or has a field that is."""
    import pyarrow as pa

    if pa.types.is_struct(type_):
        return any(holds_bytes(type_.field(n).type) for n in range(type_.num_fields))
    return bool(pa.types.is_binary(type_) or pa.types.is_large_binary(type_) or pa.types.is_fixed_size_binary(type_))
