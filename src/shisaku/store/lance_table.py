"""A Dataset on disk: one Lance table and a manifest in a folder that appears whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Sample
from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.store.arrow import sample_schema, samples_to_table, table_to_samples
from shisaku.store.atomic import disk_errors, new_folder
from shisaku.store.manifest import damaged, manifest_bytes, read_manifest
from shisaku.store.memory import dataset_fingerprint, known, unique

ROWS_AT_ONCE = 64
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
        with _lance_errors(self.path):
            table = self._table.take(rows)
        samples = table_to_samples(table)
        for sample, digest in zip(samples, table.column("digest").to_pylist(), strict=True):
            if sample.digest != digest:
                raise damaged(self.path, f"digest of {sample.id}")
        return samples

    @cached_property
    def _table(self) -> Any:
        import lance

        if _mark(self.path / TABLE) != self.manifest["table"]:
            raise damaged(self.path, "its table is not the one that was written")
        with _lance_errors(self.path):
            return lance.dataset(str(self.path / TABLE))

    @cached_property
    def _row_of(self) -> dict[str, int]:
        with _lance_errors(self.path):
            ids = self._table.to_table(columns=["id"]).column("id").to_pylist()
        if len(ids) != len(self):
            raise damaged(self.path, f"{len(ids)} rows, {len(self)} expected")
        return dict(sorted(zip(ids, range(len(ids)), strict=True)))


def write_dataset(path: Path | str, samples: Iterable[Sample], card: Mapping[str, Any] | None = None) -> LanceDataset:
    """Write samples, in any order, as a new dataset at `path`; it is there whole or not at all.

    A dataset of the same fingerprint that is there already is returned as it is. Raises DataError for
    two samples of one id, MachineError if the disk cannot take it or `path` holds something else.
    """
    path = Path(path)
    digests: list[str] = []
    with disk_errors(path):
        try:
            with new_folder(path) as part:
                _write_table(part / TABLE, unique(samples), digests)
                about = {
                    "fingerprint": dataset_fingerprint(digests),
                    "n": len(digests),
                    "table": _mark(part / TABLE),
                    "card": dict(card or {}),
                }
                (part / MANIFEST).write_bytes(manifest_bytes(about))
        except FileExistsError:
            return _same_or_refuse(path, dataset_fingerprint(digests))
    return LanceDataset(path)


def _write_table(path: Path, samples: Iterator[Sample], digests: list[str]) -> None:
    import lance

    failed: list[Exception] = []

    def batches() -> Iterator[Any]:
        try:
            while chunk := list(islice(samples, ROWS_AT_ONCE)):
                table = samples_to_table(chunk)
                digests.extend(table.column("digest").to_pylist())
                yield from table.to_batches()
        except Exception as error:
            failed.append(error)
            raise

    try:
        lance.write_dataset(batches(), str(path), schema=sample_schema(), mode="create")
    except (OSError, ValueError, RuntimeError):
        # Lance wraps what its source raised; whoever gave the samples wants their own error back.
        if failed:
            raise failed[0] from None
        raise


def _mark(table: Path) -> str:
    """Fingerprint Lance's own small files and the sizes of its data files: Lance trusts what is in the former."""
    seen = []
    for path in sorted(path for path in table.rglob("*") if path.is_file()):
        name = path.relative_to(table).as_posix()
        seen.append([name, path.stat().st_size if name.startswith("data/") else path.read_bytes()])
    return fingerprint(seen)


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


@contextmanager
def _lance_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise damaged(path, str(error).partition(", /")[0][:200]) from error
