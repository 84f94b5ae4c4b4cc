"""A new version of a dataset: its table, its drops, what is said about it, and last of all HEAD."""

from __future__ import annotations

import io
from collections.abc import Sequence

from shisaku.core.dataset import Dataset
from shisaku.core.drop import Drop
from shisaku.store.arrow import drops_to_table
from shisaku.store.atomic import write_bytes
from shisaku.store.home.columns import Columns
from shisaku.store.home.place import Home
from shisaku.store.home.table import write_table
from shisaku.store.home.version import INLINE_MB, Source, Version
from shisaku.store.manifest import manifest_bytes


def commit(
    home: Home,
    dataset: Dataset,
    source: Source | None = None,
    *,
    drops: Sequence[Drop] = (),
    when: str = "",
    message: str = "",
    inline_mb: float = INLINE_MB,
    scores: Columns | None = None,
) -> Version:
    """Make `dataset` the next version of `home` (from `writing`), and the one in use; return it.

    `scores` are columns that it gets beside those of its parent. Media above `inline_mb` (1e6 bytes) become files in
    ``blobs``. Where samples and number of drops are those of the version in use and there are no new columns, that
    version is returned and nothing is written. A process that dies on the way leaves the last version as it was.
    Raises MachineError for the disk.
    """
    latest = home.latest()
    parent = home.version() if latest else None
    if parent and not scores and (parent.fingerprint, parent.dropped) == (dataset.fingerprint, len(drops)):
        return parent
    number = latest + 1
    table = f"{number:06d}"
    before = home.dataset(parent) if parent else None
    lance_version = write_table(home, table, dataset, before, int(inline_mb * 1e6), scores)
    version = Version(
        number=number,
        parent=parent.number if parent else 0,
        table=table,
        lance_version=lance_version,
        fingerprint=dataset.fingerprint,
        n=len(dataset),
        when=when,
        message=message,
        drops=home.drops_file(number).name if drops else "",
        dropped=len(drops),
        scores=tuple(sorted({*(parent.scores if parent else ()), *(scores or ())})),
        inline_mb=inline_mb,
        source=source or Source(),
    )
    if drops:
        write_drops(home, number, drops)
    write_version(home, version)
    home.set_head(number, number)
    return version


def write_version(home: Home, version: Version) -> None:
    """Write what is said about a version; it counts only once HEAD knows it."""
    write_bytes(home.version_file(version.number), manifest_bytes(version.to_json()))


def write_drops(home: Home, number: int, drops: Sequence[Drop]) -> None:
    """Write the Parquet table of what did not come in."""
    import pyarrow.parquet as pq

    target = io.BytesIO()
    pq.write_table(drops_to_table(drops), target, compression="zstd")
    write_bytes(home.drops_file(number), target.getvalue())
