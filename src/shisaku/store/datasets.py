"""Where samples are kept: in memory, in a Lance dataset, or in the shard files of a step."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from shisaku.core.dataset import Dataset
from shisaku.core.sample import Sample
from shisaku.store.arrow import sample_schema, samples_to_table, table_to_samples
from shisaku.store.atomic import disk_errors, write_bytes
from shisaku.store.lance_table import LanceDataset, write_dataset
from shisaku.store.manifest import manifest_bytes, read_manifest
from shisaku.store.memory import SampleList, dataset_fingerprint, known, twice
from shisaku.store.shard import read_index, read_samples, read_table

__all__ = ["LanceDataset", "SampleList", "ShardDataset", "open_dataset", "write_dataset", "write_shards"]


class ShardDataset:
    """A Dataset over the shard files of a step (or of several), read a shard at a time.

    Raises DataError if two shards hold the same id, MachineError if a file is gone or damaged.
    """

    def __init__(self, paths: Iterable[Path | str]) -> None:
        self.paths = tuple(Path(path) for path in paths)
        self._digests: dict[str, str] = {}
        shard_of: dict[str, int] = {}
        for number, path in enumerate(self.paths):
            with disk_errors(path):
                index = read_index(path)
            for id_, digest in index:
                if id_ in shard_of:
                    raise twice(id_, str(path))
                shard_of[id_], self._digests[id_] = number, digest
        self._shard_of = {id_: shard_of[id_] for id_ in sorted(shard_of)}

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same samples in any order or number of shards."""
        return dataset_fingerprint(self._digests.values())

    def __len__(self) -> int:
        return len(self._shard_of)

    def __iter__(self) -> Iterator[Sample]:
        return self._read(list(self._shard_of))

    def ids(self) -> list[str]:
        """Sample ids, sorted."""
        return list(self._shard_of)

    def take(self, ids: Sequence[str]) -> list[Sample]:
        """Read samples by id, in the order asked. Raises DataError for an unknown id."""
        return list(self._read([known(id_, self._shard_of, "") for id_ in ids]))

    def tables(self) -> Iterator[Any]:
        """Give the shards as the Arrow tables they lie in, brought to today's schema."""
        for path in self.paths:
            with disk_errors(path):
                table = read_table(path)
            yield table if table.schema == sample_schema() else samples_to_table(table_to_samples(table))

    def _read(self, ids: Sequence[str]) -> Iterator[Sample]:
        """Hold a shard in memory only between the first and the last sample asked of it."""
        left = Counter(self._shard_of[id_] for id_ in ids)
        held: dict[int, dict[str, Sample]] = {}
        for id_ in ids:
            number = self._shard_of[id_]
            if number not in held:
                with disk_errors(self.paths[number]):
                    held[number] = {s.id: s for s in read_samples(self.paths[number])}
            yield held[number][id_]
            left[number] -= 1
            if not left[number]:
                del held[number]


def write_shards(path: Path | str, shards: ShardDataset) -> None:
    """Write a small file that `open_dataset` reads as that ShardDataset; the shards themselves stay where they are."""
    path = Path(path)
    listed = [os.path.relpath(shard.absolute(), path.absolute().parent) for shard in shards.paths]
    write_bytes(path, manifest_bytes({"fingerprint": shards.fingerprint, "shards": listed}))


def open_dataset(path: Path | str) -> Dataset:
    """Open what `write_dataset` (a folder) or `write_shards` (a file) wrote. Raises DataError if it is neither."""
    path = Path(path)
    if path.is_dir():
        return LanceDataset(path)
    about = read_manifest(path)
    return ShardDataset(path.absolute().parent / shard for shard in about["shards"])
