"""Writes Parquet files that hold the media as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.core.sample import Sample
from shisaku.store.writers.shards import RowFormat, write_shards
from shisaku.store.writers.writer import Written


@dataclass(frozen=True)
class ParquetWriter:
    """Parquet, one row a sample: media as ``{bytes, path}``, texts and labels as columns, all else in ``shisaku``.

    Files are called ``data-00000-of-00003.parquet`` and have about `shard_mb` MB each. ``datasets`` opens them with
    its Image and Audio features, other tools as plain columns. Nothing is lost: the reader ``parquet`` gives the
    samples back as they were.

    Example::

        shisaku data export flowers --to parquet --out flowers-parquet
    """

    shard_mb: int = 512

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write all samples into `out`. Raises MediaError for a damaged part."""
        written, _, _ = write_shards(samples, out, PARQUET, self.shard_mb)
        return written


def _create(path: Path, schema: Any) -> Any:
    import pyarrow.parquet as pq

    # Media differ from row to row: a dictionary of them only costs memory.
    return pq.ParquetWriter(path, schema, use_dictionary=False, write_statistics=False)


def _batches(path: Path) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
        for group in range(file.num_row_groups):
            yield from file.read_row_group(group).to_batches()


PARQUET = RowFormat(".parquet", _create, _batches)
