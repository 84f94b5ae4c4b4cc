"""Reads Parquet files that hold images, recordings or other media as bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.arrow_layout import table_layout
from shisaku.store.readers.arrow_shards import Lost, Shard, arrow_records, unread_notes
from shisaku.store.readers.inside import inside
from shisaku.store.readers.object_cells import holds_bytes
from shisaku.store.readers.reader import Record
from shisaku.store.readers.recognition import Layout
from shisaku.store.readers.record_json import FIELD
from shisaku.store.readers.typed_columns import TypedColumns
from shisaku.store.readers.walk import METADATA

SUFFIX = ".parquet"
SPLIT = re.compile(r"(train|test|validation|valid|val|dev|eval)(?=[-_.])", re.IGNORECASE)
BUFFER = 1 << 20


@dataclass(frozen=True)
class ParquetReader(TypedColumns):
    """A Parquet file, or a folder of them, whose rows hold media as bytes or as ``{bytes, path}``.

    Every row is a sample. Columns of bytes become parts, named by their kind where there is one of it; what kind
    they are is said by the features of ``datasets``, by how the bytes begin, or by the column's name. Lists of
    floats called embedding, vector or feature become embeddings, structures become tables. `text`, `label`,
    `group` and `id` name columns (``auto``: taken by their names, empty: none), ClassLabels are labels, and all
    other columns become facts. Files called ``train-...`` and so on give the fact ``split``. Rows are read in
    small batches; a damaged group of rows is a Drop. What shisaku exported comes back as it was.

    Example::

        data: {reader: parquet, with: {path: flowers.parquet, label: species}}
    """

    def records(self) -> Iterator[Record]:
        """Give one record per row. Raises DataError where there is no such file."""
        root = Path(self.path).expanduser()
        yield from arrow_records(_shards(root), self.named(), root if root.is_dir() else root.parent)

    def notes(self) -> tuple[Message, ...]:
        """Name the columns that are not read."""
        root = Path(self.path).expanduser()
        return unread_notes(_shards(root), self.named(), root if root.is_dir() else root.parent)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("parquet", asdict(self))

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Take a Parquet file with columns of bytes, and a folder of Parquet files."""
        try:
            shards = _shards(path)
            schema = shards[0].schema()
        except DataError:
            return None
        if path.is_file() and FIELD not in schema.names and not any(holds_bytes(field.type) for field in schema):
            return None
        why = say("{n} Parquet files hold the samples, one a row", n=len(shards))
        return table_layout("parquet", cls, shards[0], path, why)


def _shards(path: Path) -> Sequence[Shard]:
    """Return the files at `path`. Raises DataError."""
    if path.is_file() and path.suffix.lower() == SUFFIX:
        return [_File(path, "", _split(path.name))]
    found = sorted((*path.glob(f"*{SUFFIX}"), *path.glob(f"*/*{SUFFIX}"))) if path.is_dir() else []
    names = [one.relative_to(path).as_posix() for one in found]
    if not found or any(one.name.lower() in METADATA for one in found):
        raise DataError(say("There is no Parquet file here"), str(path), next=say("Give a file, or a folder of them"))
    return [
        _File(one, name.removesuffix(SUFFIX), _split(one.name))
        for one, name in zip(found, names, strict=True)
        if isinstance(inside(path, name), Path)
    ]


def _split(name: str) -> str:
    found = SPLIT.match(name)
    return found[0].lower() if found else ""


class _File:
    """One Parquet file, read a group of rows and of that a few rows at a time."""

    def __init__(self, path: Path, name: str, split: str) -> None:
        self.path, self.name, self.split = path, name, split

    def schema(self) -> Any:
        return self._head[0]

    def features(self) -> Mapping[str, Any]:
        try:
            held = json.loads((self.schema().metadata or {})[b"huggingface"])["info"]["features"]
        except (KeyError, ValueError, TypeError):
            return {}
        return held if isinstance(held, Mapping) else {}

    def batches(self, rows: int, columns: Sequence[str] | None = None, most: int = 0) -> Iterator[Any]:
        import pyarrow as pa

        row = 0
        for group, size in enumerate(self._head[1]):
            given = 0
            try:
                with self._open() as file:
                    for batch in file.iter_batches(rows, [group], columns):
                        yield batch
                        given += batch.num_rows
            except (OSError, ValueError, pa.ArrowException) as error:
                yield Lost(row + given + 1, size - given, str(error))
            row += size

    @cached_property
    def _head(self) -> tuple[Any, list[int]]:
        import pyarrow as pa

        try:
            with self._open() as file:
                sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
                file.schema_arrow.names  # noqa: B018  bytes that are no text show here
                return file.schema_arrow, sizes
        except (OSError, ValueError, pa.ArrowException) as error:
            raise DataError(
                say("This is not a Parquet file: {cause}", cause=str(error)[:200]), str(self.path)
            ) from error

    def _open(self) -> Any:
        import pyarrow.parquet as pq

        # Without its own buffer a group of rows is loaded whole.
        return pq.ParquetFile(self.path, pre_buffer=False, buffer_size=BUFFER)
