"""Rows into a Lance table, its errors in our words, and a mark by which a changed table is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.store.manifest import damaged

# Lance holds a page of every column back until it is full; a file that ends lets go of them.
ROWS_PER_FILE = 8192


def write_rows(path: Path, tables: Iterator[Any], schema: Any, mode: str = "create") -> None:
    """Stream pyarrow Tables into the Lance table at `path`; an error of `tables` itself is let through as it is."""
    import lance

    failed: list[Exception] = []

    def batches() -> Iterator[Any]:
        try:
            for table in tables:
                yield from table.to_batches()
        except Exception as error:
            failed.append(error)
            raise

    try:
        lance.write_dataset(batches(), str(path), schema=schema, mode=mode, max_rows_per_file=ROWS_PER_FILE)
    except (OSError, ValueError, RuntimeError):
        # Lance wraps what its source raised; whoever gave the samples wants their own error back.
        if failed:
            raise failed[0] from None
        raise


def table_mark(table: Path) -> str:
    """Fingerprint Lance's own small files and the sizes of its data files: Lance trusts what is in the former."""
    seen = []
    for path in sorted(path for path in table.rglob("*") if path.is_file()):
        name = path.relative_to(table).as_posix()
        seen.append([name, path.stat().st_size if name.startswith("data/") else path.read_bytes()])
    return fingerprint(seen)


@contextmanager
def lance_errors(path: Path) -> Iterator[None]:
    """Turn what Lance raises about the dataset at `path` into a DataError."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise damaged(path, str(error).partition(", /")[0][:200]) from error
