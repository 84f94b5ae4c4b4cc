"""Writes a folder that `datasets.load_from_disk` opens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Sample
from shisaku.store.writers.shards import RowFormat, write_shards
from shisaku.store.writers.writer import Written

INFO, STATE = "dataset_info.json", "state.json"


@dataclass(frozen=True)
class HfWriter:
    """A folder as ``Dataset.save_to_disk`` of Hugging Face's `datasets` leaves it, with Image and Audio features.

    It is one Dataset; where samples have the fact ``split`` it is a column. Files have about `shard_mb` MB each.
    Nothing is lost: the reader ``hf`` gives the samples back as they were.

    Example::

        shisaku data export flowers --to hf --out flowers-hf
    """

    shard_mb: int = 512

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write all samples into `out`. Raises MediaError for a damaged part."""
        written, names, columns = write_shards(samples, out, ARROW, self.shard_mb)
        features = columns.features()
        about = {"citation": "", "description": "", "features": features, "homepage": "", "license": ""}
        state: dict[str, Any] = {
            "_data_files": [{"filename": name} for name in names],
            "_fingerprint": fingerprint(features, names, written.n)[:16],
            "_format_columns": None,
            "_format_kwargs": {},
            "_format_type": None,
            "_output_all_columns": False,
            "_split": None,
        }
        (out / INFO).write_text(json.dumps(about, indent=1, ensure_ascii=False), "utf-8")
        (out / STATE).write_text(json.dumps(state, indent=1, ensure_ascii=False), "utf-8")
        return written


@contextmanager
def _create(path: Path, schema: Any) -> Iterator[Any]:
    import pyarrow as pa

    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, schema) as writer:
        yield writer


def _batches(path: Path) -> Iterator[Any]:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        yield from pa.ipc.open_stream(file)


ARROW = RowFormat(".arrow", _create, _batches)
