"""What an ingest has decoded so far, shard by shard, kept so that a killed one goes on; and in the end one dataset.

Large media are written once: their shard is a small dataset of its own, whose file the whole one takes over. Small
media lie in shard files and are written again in the end, many to a file: a table of many small files is slow to read.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from shisaku.errors import DataError
from shisaku.store.arrow import drop_from_row, drop_row, sample_schema, samples_to_table
from shisaku.store.cache import StepCache
from shisaku.store.datasets import ShardDataset
from shisaku.store.joined import DataFiles, write_joined
from shisaku.store.lance_rows import write_rows
from shisaku.store.lance_table import LanceDataset, fill_dataset, write_dataset
from shisaku.store.memory import twice
from shisaku.store.shard import ShardResult, read_index

LARGE = 1 << 20  # bytes of media in a shard
DATASET, GATHERED, DROPS = "dataset", "gathered", "drops"


class Pieces:
    """The shards of one ingest, below ``<cache>/steps/<step>``."""

    def __init__(self, cache: StepCache, step: str) -> None:
        self._cache, self._step = cache, step
        self._folder = cache.root / "steps" / step
        self._kept: dict[str, _Kept] = {}

    def get(self, name: str) -> ShardResult | None:
        """Return what is kept of a shard, or None if it has to be made; every sample is checked."""
        result = self._cache.get(self._step, name)
        if result is None:
            return self._get_large(name)
        path = self._cache.path(self._step, name)
        self._kept[name] = _Kept(path, tuple(read_index(path)))
        return result

    def put(self, name: str, result: ShardResult) -> None:
        """Keep a shard. Raises MachineError for the disk."""
        if sum(len(part.data) for sample in result.samples for part in sample.parts.values()) >= LARGE:
            self._put_large(name, result)
            return
        self._cache.put(self._step, name, result)
        path = self._cache.path(self._step, name)
        self._kept[name] = _Kept(path, tuple(read_index(path)))

    def digests(self) -> dict[str, str]:
        """Return id -> digest of all samples kept. Raises DataError if two have one id."""
        found: dict[str, str] = {}
        for kept in self._kept.values():
            for id_, digest in kept.digests:
                if id_ in found:
                    raise twice(id_, str(kept.path))
                found[id_] = digest
        return found

    def write(self, place: Path, digests: Mapping[str, str]) -> LanceDataset:
        """Make the dataset of all shards, in the order of their names, at `place`. Raises MachineError."""
        parts: list[DataFiles | ShardDataset] = []
        for files, run in groupby((self._kept[name] for name in sorted(self._kept)), key=lambda kept: kept.files):
            parts.append(files or ShardDataset(kept.path for kept in run))
        if len(parts) == 1 and isinstance(parts[0], ShardDataset):
            return write_dataset(place, parts[0])
        return write_joined(place, self._gathered(parts), digests.values())

    def remove(self) -> None:
        """Forget all shards."""
        shards = list(self._folder.iterdir()) if self._folder.is_dir() else []
        with ThreadPoolExecutor() as threads:  # they are many small files
            list(threads.map(partial(shutil.rmtree, ignore_errors=True), shards))
        shutil.rmtree(self._folder, ignore_errors=True)

    def _large(self, name: str) -> Path:
        return self._folder / name / DATASET

    def _put_large(self, name: str, result: ShardResult) -> None:
        rows = samples_to_table(result.samples)
        ids: list[str] = rows.column("id").to_pylist()
        digests: list[str] = rows.column("digest").to_pylist()

        def fill(table: Path) -> Collection[str]:
            write_rows(table, iter((rows,)), sample_schema())
            return digests

        place = self._large(name)
        dataset = fill_dataset(place, fill, {DROPS: [drop_row(drop) for drop in result.drops]})
        self._kept[name] = _Kept(place, tuple(zip(ids, digests, strict=True)), DataFiles.of(dataset))

    def _get_large(self, name: str) -> ShardResult | None:
        place = self._large(name)
        if not place.exists():
            return None
        try:
            dataset = LanceDataset(place)
            result = ShardResult(tuple(dataset), tuple(drop_from_row(row) for row in dataset.card[DROPS]))
        except (DataError, LookupError, TypeError):
            shutil.rmtree(place, ignore_errors=True)
            return None
        self._kept[name] = _Kept(place, tuple(dataset.digests().items()), DataFiles.of(dataset))
        return result

    def _gathered(self, parts: Sequence[DataFiles | ShardDataset]) -> Iterator[DataFiles]:
        for number, part in enumerate(parts):
            if isinstance(part, ShardDataset):
                place = self._folder / GATHERED / str(number)
                shutil.rmtree(place, ignore_errors=True)  # of one that was killed here
                yield DataFiles.of(write_dataset(place, part))
            else:
                yield part


@dataclass(frozen=True, slots=True)
class _Kept:
    path: Path
    digests: tuple[tuple[str, str], ...]
    files: DataFiles | None = None
