"""The values inside a stored file of any form shisaku writes: tables, archives, JSON, text, and the rest as bytes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shisaku.store.manifest import damaged

CHUNK, OVERLAP = 1 << 22, 1 << 10
ROWS = 256
LABELS = "labels"
Value = tuple[str, str | bytes]  # the field it stands in, and the value


def values_of(path: Path) -> Iterator[Value]:
    """Give every text and every run of bytes in a file with the field it stands in. Raises DataError if it is damaged.

    The raw bytes come last, whatever the form; texts inside archives are given as well.
    """
    import pyarrow as pa

    try:
        if path.suffix == ".parquet":
            yield from _parquet(path)
        elif path.suffix in (".json", ".jsonl") or path.name == "HEAD":
            yield from _json(path.read_bytes())
        elif path.suffix == ".shard":
            yield from _archive(path.read_bytes())
        elif path.suffix == ".html":
            yield "html", path.read_text("utf-8", "replace")
    except (OSError, ValueError, zipfile.BadZipFile, pa.ArrowException) as error:
        raise damaged(path, str(error)[:120]) from error
    yield from (("", chunk) for chunk in _chunks(path))


def values_of_table(path: Path) -> Iterator[Value]:
    """Give every value of a Lance table, in every state it had and with the rows that were deleted."""
    import lance

    for state in lance.dataset(str(path)).versions():
        table = lance.dataset(str(path), version=state["version"])
        scanner = table.scanner(include_deleted_rows=True, with_row_id=True, batch_size=ROWS)
        for batch in scanner.to_batches():
            yield from values_of_rows(batch)


def values_of_rows(batch: Any) -> Iterator[Value]:
    """Give every text and bytes of an Arrow table or batch with the column it stands in."""
    for name in batch.schema.names:
        for value in batch.column(name).to_pylist():
            yield from _walk(value, name)


def _walk(value: Any, field: str) -> Iterator[Value]:
    if isinstance(value, str | bytes):
        yield field, value
    elif isinstance(value, dict):
        for key, held in value.items():
            yield "key", str(key)
            # What is in the labels are names of classes, whatever they are called.
            yield from _walk(held, field if field == LABELS else str(key))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _walk(one, field)


def _parquet(path: Path) -> Iterator[Value]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(ROWS):
            yield from values_of_rows(batch)


def _json(data: bytes) -> Iterator[Value]:
    try:
        yield from _walk(json.loads(data), "")
    except ValueError:
        for line in data.decode("utf-8", "replace").splitlines():
            try:
                yield from _walk(json.loads(line), "")
            except ValueError:
                yield "", line


def _archive(data: bytes) -> Iterator[Value]:
    import pyarrow as pa

    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for name in file.namelist():
            held = file.read(name)
            if name.endswith(".arrow"):
                yield from values_of_rows(pa.ipc.open_stream(held).read_all())
            elif name.endswith(".json"):
                yield from _json(held)
            else:
                yield "", held


def _chunks(path: Path) -> Iterator[bytes]:
    """Give the bytes in pieces that overlap, so that nothing is cut in two."""
    tail = b""
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            yield tail + data
            tail = data[-OVERLAP:]
