"""One dataset of several: their data files are taken over as they are, and no row is written again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.store.arrow import sample_schema
from shisaku.store.lance_rows import lance_errors
from shisaku.store.lance_table import TABLE, LanceDataset, fill_dataset

DATA = "data"  # where Lance keeps the files of a table


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The data files of a table, and what Lance knows of them: enough for another table to take them over."""

    folder: Path
    fragments: tuple[Any, ...]

    @classmethod
    def of(cls, dataset: LanceDataset) -> DataFiles:
        """Return those of a dataset."""
        return cls(dataset.path / TABLE / DATA, tuple(dataset.fragments()))


def write_joined(path: Path, parts: Iterable[DataFiles], digests: Collection[str]) -> LanceDataset:
    """Write a new dataset of the rows of `parts`, in their order; `digests` are those of all samples, no id twice.

    It is there whole or not at all, and the parts stay as they are. Raises what `write_dataset` raises.
    """
    import lance

    def fill(table: Path) -> Collection[str]:
        (table / DATA).mkdir(parents=True)
        fragments = [fragment for part in parts for fragment in _taken_over(part, table / DATA)]
        with lance_errors(path):
            lance.LanceDataset.commit(str(table), lance.LanceOperation.Overwrite(sample_schema(), fragments))
        return digests

    return fill_dataset(path, fill)


def _taken_over(part: DataFiles, folder: Path) -> Iterator[Any]:
    for fragment in part.fragments:
        for file in fragment.files:
            _link_or_copy(part.folder / file.path, folder / file.path)
        yield fragment


def _link_or_copy(source: Path, target: Path) -> None:
    """Give a file that is never changed a second name; on a file system without hard links, a copy."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)
