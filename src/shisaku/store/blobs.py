"""Media too big for a table: files named by their SHA-256 in a folder of the dataset, and their names in the rows."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.arrow import BLOBS
from shisaku.store.atomic import write_bytes

FOLDER, REFS = "blobs", "refs"
NAME = re.compile(r"blobs/[0-9a-f]{64}")


def moved_out(table: Any, root: Path, inline_bytes: int) -> Any:
    """Return a table of samples whose media above `inline_bytes` are files below `root`, named in column ``refs``."""
    import pyarrow as pa

    kept: list[list[bytes]] = []
    refs: list[list[str]] = []
    for row in table.column(BLOBS).to_pylist():
        named = [put(root, data) if len(data) > inline_bytes else "" for data in row]
        kept.append([b"" if name else data for name, data in zip(named, row, strict=True)])
        refs.append(named)
    place = table.column_names.index(BLOBS)
    with_rest = table.set_column(place, BLOBS, pa.array(kept, table.schema.field(BLOBS).type))
    return with_rest.append_column(REFS, pa.array(refs, pa.list_(pa.string())))


def brought_in(table: Any, root: Path) -> Any:
    """Return such a table with all media in their rows again. Raises DataError for a file that is not what was put."""
    import pyarrow as pa

    if REFS not in table.column_names:
        return table
    pairs = zip(table.column(BLOBS).to_pylist(), table.column(REFS).to_pylist(), strict=True)
    whole = [_filled(row, refs or [], root) for row, refs in pairs]
    place = table.column_names.index(BLOBS)
    return table.set_column(place, BLOBS, pa.array(whole, table.schema.field(BLOBS).type))


def _filled(row: Sequence[bytes], refs: Sequence[str], root: Path) -> list[bytes]:
    if not any(refs):
        return list(row)
    return [get(root, ref) if ref else data for data, ref in zip(row, refs, strict=True)]


def put(root: Path, data: bytes) -> str:
    """Write a file named by its content below `root` where it is not there yet; return its name."""
    name = f"{FOLDER}/{hashlib.sha256(data).hexdigest()}"
    if not (root / name).is_file():
        write_bytes(root / name, data)
    return name


def get(root: Path, name: str) -> bytes:
    """Return what was put under `name`. Raises DataError where it is gone or is something else."""
    # The name comes from a row, and the row may come from anybody: only this one form is opened, and no link.
    if not NAME.fullmatch(name):
        raise _gone(root, name)
    try:
        descriptor = os.open(root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            data = file.read()
    except OSError:
        raise _gone(root, name) from None
    if hashlib.sha256(data).hexdigest() != name.rpartition("/")[2]:
        raise _gone(root, name)
    return data


def _gone(root: Path, name: str) -> DataError:
    return DataError(
        say("A media file of the dataset is missing, or is not the one that was written: {name}", name=name[:80]),
        str(root),
        next=say("Copy the whole folder again, or ingest the source anew"),
    )
