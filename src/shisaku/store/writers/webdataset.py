"""Writes WebDataset tars."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from shisaku.core.sample import Sample
from shisaku.store.readers.record_json import FIELD, to_json
from shisaku.store.readers.whole import COLUMNS
from shisaku.store.writers.files import file_bytes, file_name, stem
from shisaku.store.writers.writer import Written


@dataclass(frozen=True)
class WebDatasetWriter:
    """Tars called ``shard-000000.tar`` whose members ``<key>.<part>.<suffix>`` share one key per sample.

    ``<key>.json`` holds the labels and, under ``shisaku``, the whole record. A tar has about `shard_mb` MB or
    `shard_samples` samples, whatever comes first. Nothing is lost: the reader ``webdataset`` gives the samples back
    as they were.

    Example::

        shisaku data export flowers --to webdataset --out flowers-tars
    """

    shard_mb: int = 512
    shard_samples: int = 10_000

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write all samples into `out`. Raises MediaError for a damaged part."""
        n = 0
        for number, shard in enumerate(self._shards(iter(samples))):
            with tarfile.open(out / f"shard-{number:06d}.tar", "w", format=tarfile.PAX_FORMAT) as tar:
                for sample in shard:
                    n += 1
                    for name, data in _members(sample):
                        _add(tar, name, data)
                    tar.members = []  # type: ignore[attr-defined]  # a tar that is only written needs no list of what is in it
        return Written(n)

    def _shards(self, samples: Iterator[Sample]) -> Iterator[Iterator[Sample]]:
        while (first := next(samples, None)) is not None:
            yield self._shard(first, samples)

    def _shard(self, first: Sample, samples: Iterator[Sample]) -> Iterator[Sample]:
        size = 0
        for n, sample in enumerate(chain([first], samples), 1):
            yield sample
            size += sum(len(part.data) for part in sample.parts.values())
            if n >= self.shard_samples or size >= self.shard_mb << 20:
                return


def _members(sample: Sample) -> Iterator[tuple[str, bytes]]:
    names = {name: file_name(sample.id, name, part.kind) for name, part in sample.parts.items()}
    about = {**to_json(sample), COLUMNS: {name: file.partition(".")[2] for name, file in names.items()}}
    held = {"id": sample.id, **sample.labels, FIELD: about}
    yield f"{stem(sample.id)}.json", json.dumps(held, ensure_ascii=False).encode()
    for name, file in names.items():
        yield file, file_bytes(sample, name)


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(data)
    tar.addfile(about, io.BytesIO(data))
