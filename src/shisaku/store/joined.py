"""One dataset of several: their data files are taken over as they are, and no row is written again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from shisaku.store.arrow import sample_schema
from shisaku.store.lance_rows import lance_errors
from shisaku.store.lance_table import TABLE, LanceDataset, fill_dataset

DATA = "data"  # where Lance keeps the files of a table


def write_joined(path: Path, parts: Sequence[LanceDataset], digests: Collection[str]) -> LanceDataset:
    """Make a new dataset of the rows of `parts`, in their order; `digests` are those of all samples, no id twice.

    It is there whole or not at all, and the parts stay as they are. Raises what `write_dataset` raises.
    """
    import lance

    def fill(table: Path) -> Collection[str]:
        (table / DATA).mkdir(parents=True)
        fragments = [fragment for part in parts for fragment in _taken_over(part, table)]
        with lance_errors(path):
            lance.LanceDataset.commit(str(table), lance.LanceOperation.Overwrite(sample_schema(), fragments))
        return digests

    return fill_dataset(path, fill)


def _taken_over(part: LanceDataset, table: Path) -> Iterator[Any]:
    for fragment in part.fragments():
        for file in fragment.files:
            link_or_copy(part.path / TABLE / DATA / file.path, table / DATA / file.path)
        yield fragment


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file that is never changed a second name; on a file system without hard links, a copy."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)
