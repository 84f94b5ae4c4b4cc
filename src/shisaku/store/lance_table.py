"""A Dataset on disk: one Lance table and a manifest in a folder that appears whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from shisaku.core.sample import Sample
from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.store.arrow import sample_schema, samples_to_table, table_to_samples
from shisaku.store.atomic import disk_errors, new_folder
from shisaku.store.blobs import brought_in
from shisaku.store.lance_rows import lance_errors, table_mark, write_rows
from shisaku.store.manifest import damaged, manifest_bytes, read_manifest
from shisaku.store.memory import dataset_fingerprint, known, unique
from shisaku.store.migrate import migrated

ROWS_AT_ONCE = 64
ROWS_OF_TEXT = 4096
MANIFEST, TABLE = "manifest.json", "samples.lance"


class LanceDataset:
    """A Dataset on disk: one Lance table and a manifest, never changed after `write_dataset` made them.

    Rows are addressed by id. Every sample read is checked against the digest written beside it, so a
    damaged file is an error and never another sample. Raises DataError if `path` holds no dataset.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.manifest = read_manifest(self.path / MANIFEST)

    @property
    def fingerprint(self) -> str:
        """The same for the same samples in any order or place."""
        return str(self.manifest["fingerprint"])

    @property
    def card(self) -> Mapping[str, Any]:
        """What the one who wrote it said about it."""
        return dict(self.manifest["card"])

    def __len__(self) -> int:
        return int(self.manifest["n"])

    def __iter__(self) -> Iterator[Sample]:
        ids = iter(self._row_of)
        while chunk := list(islice(ids, ROWS_AT_ONCE)):
            yield from self.take(chunk)

    def ids(self) -> list[str]:
        """Sample ids, sorted."""
        return list(self._row_of)

    def take(self, ids: Sequence[str]) -> list[Sample]:
        """Read samples by id, in the order asked. Raises DataError for an unknown id or damaged rows."""
        rows = [self._row_of[known(id_, self._row_of, str(self.path))] for id_ in ids]
        if not rows:
            return []
        with lance_errors(self.path):
            table = self._table.take(rows)
        # Media that are files lie beside the folder of tables, in the home that this dataset is a version of.
        samples = table_to_samples(migrated(brought_in(table, self.path.parent.parent), int(self.manifest["schema"])))
        for sample, digest in zip(samples, table.column("digest").to_pylist(), strict=True):
            if sample.digest != digest:
                raise damaged(self.path, f"digest of {sample.id}")
        return samples

    def columns(self, names: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Give the rows in the order they lie, some columns only: no media are read unless ``blobs`` is asked for."""
        with lance_errors(self.path):
            for batch in self._table.scanner(columns=list(names), batch_size=ROWS_OF_TEXT).to_batches():
                yield from batch.to_pylist()

    def digests(self) -> dict[str, str]:
        """Return id -> digest of every sample."""
        return {row["id"]: row["digest"] for row in self.columns(["id", "digest"])}

    def schema(self) -> Any:
        """Return the Arrow schema of the table, scores included."""
        return self._table.schema

    def fragments(self) -> list[Any]:
        """Return what Lance knows of the table's files: enough for another table to take them over."""
        with lance_errors(self.path):
            return [fragment.metadata for fragment in self._table.get_fragments()]

    def rows_on_disk(self) -> int:
        """Return how many rows the table's files hold, those that were deleted since included."""
        return sum(int(fragment.physical_rows) for fragment in self._table.get_fragments())

    @cached_property
    def _table(self) -> Any:
        import lance

        if table_mark(self.path / TABLE) != self.manifest["table"]:
            raise damaged(self.path, "its table is not the one that was written")
        with lance_errors(self.path):
            return lance.dataset(str(self.path / TABLE))

    @cached_property
    def _row_of(self) -> dict[str, int]:
        with lance_errors(self.path):
            ids = self._table.to_table(columns=["id"]).column("id").to_pylist()
        if len(ids) != len(self):
            raise damaged(self.path, f"{len(ids)} rows, {len(self)} expected")
        return dict(sorted(zip(ids, range(len(ids)), strict=True)))


def write_dataset(path: Path | str, samples: Iterable[Sample], card: Mapping[str, Any] | None = None) -> LanceDataset:
    """Write samples, in any order, as a new dataset at `path`; it is there whole or not at all.

    A dataset of the same fingerprint that is there already is returned as it is. Raises DataError for
    two samples of one id, MachineError if the disk cannot take it or `path` holds something else.
    """

    def fill(table: Path) -> list[str]:
        digests: list[str] = []
        tables = samples.tables() if isinstance(samples, Tabled) else _tables(unique(samples))
        write_rows(table, _counted(tables, digests), sample_schema())
        return digests

    return fill_dataset(Path(path), fill, card)


def fill_dataset(
    path: Path, fill: Callable[[Path], Collection[str]], card: Mapping[str, Any] | None = None
) -> LanceDataset:
    """Make a new dataset whose table `fill` puts where it is told; it returns the digests of the samples.

    Otherwise as `write_dataset`.
    """
    digests: Collection[str] = ()
    with disk_errors(path):
        try:
            with new_folder(path) as part:
                digests = fill(part / TABLE)
                about = {
                    "fingerprint": dataset_fingerprint(digests),
                    "n": len(digests),
                    "table": table_mark(part / TABLE),
                    "card": dict(card or {}),
                }
                (part / MANIFEST).write_bytes(manifest_bytes(about))
        except FileExistsError:
            return _same_or_refuse(path, dataset_fingerprint(digests))
    return LanceDataset(path)


@runtime_checkable
class Tabled(Protocol):
    """Samples, each id once, that lie in Arrow tables of today's schema and need not be made into objects."""

    def tables(self) -> Iterator[Any]:
        """Give the tables as `samples_to_table` makes them."""
        ...


def _tables(samples: Iterator[Sample]) -> Iterator[Any]:
    while chunk := list(islice(samples, ROWS_AT_ONCE)):
        yield samples_to_table(chunk)


def _counted(tables: Iterator[Any], digests: list[str]) -> Iterator[Any]:
    for table in tables:
        digests.extend(table.column("digest").to_pylist())
        yield table


def _same_or_refuse(path: Path, mark: str) -> LanceDataset:
    try:
        there = LanceDataset(path)
    except DataError:
        there = None
    if there is None or there.fingerprint != mark:
        raise MachineError(
            say("Something else is here already, and datasets are never overwritten"),
            where=str(path),
            next=say("Choose another place, or remove it"),
        )
    return there
