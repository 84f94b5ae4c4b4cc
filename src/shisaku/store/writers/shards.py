"""Files of rows that are written as the rows come and have, at the end, all columns and their final names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.core.sample import Sample
from shisaku.store.writers.columns import SampleColumns
from shisaku.store.writers.writer import Written

ROWS, GROUP_BYTES = 1000, 16 << 20  # a group of rows is what a reader has to hold at once


@dataclass(frozen=True, slots=True)
class RowFormat:
    """A format of files of Arrow rows: how a file is opened to write batches, and how its batches come back."""

    suffix: str
    create: Callable[[Path, Any], Any]
    batches: Callable[[Path], Iterator[Any]]


def write_shards(
    samples: Iterable[Sample], out: Path, form: RowFormat, shard_mb: int
) -> tuple[Written, list[str], SampleColumns]:
    """Write ``data-00000-of-00003.<suffix>`` and so on; return what was written, the names and the columns.

    A sample that has a new column starts a new file; files that lack columns then are written again, group by
    group, when all columns are known. Raises MediaError for a damaged part.
    """
    columns = SampleColumns()
    paths: list[Path] = []
    n, size, schema = 0, 0, None
    with ExitStack() as open_file:
        for rows, weight in _groups(samples, columns):
            batch = columns.batch(rows)
            if schema is None or schema != batch.schema or size > shard_mb << 20:
                open_file.close()
                size, schema = 0, batch.schema
                paths.append(out / f"part-{len(paths):05d}{form.suffix}")
                writer = open_file.enter_context(form.create(paths[-1], schema))
            writer.write_batch(batch)
            n, size = n + len(rows), size + weight
    names = [_finished(path, k, len(paths), columns, form) for k, path in enumerate(paths)]
    return Written(n), names, columns


def _groups(samples: Iterable[Sample], columns: SampleColumns) -> Iterator[tuple[Sequence[dict[str, Any]], int]]:
    rows: list[dict[str, Any]] = []
    weight = 0
    for sample in samples:
        row, size = columns.row(sample)
        rows.append(row)
        weight += size
        if len(rows) == ROWS or weight >= GROUP_BYTES:
            yield rows, weight
            rows, weight = [], 0
    if rows:
        yield rows, weight


def _finished(path: Path, number: int, total: int, columns: SampleColumns, form: RowFormat) -> str:
    final = path.with_name(f"data-{number:05d}-of-{total:05d}{form.suffix}")
    schema = columns.schema()
    first = next(form.batches(path))
    if first.schema == schema:
        path.rename(final)
        return final.name
    with form.create(final, schema) as writer:
        for batch in form.batches(path):
            writer.write_batch(_widened(batch, schema))
    path.unlink()
    return final.name


def _widened(batch: Any, schema: Any) -> Any:
    import pyarrow as pa

    has = set(batch.schema.names)
    arrays = [batch.column(f.name) if f.name in has else pa.nulls(batch.num_rows, f.type) for f in schema]
    return pa.record_batch(arrays, schema=schema)
