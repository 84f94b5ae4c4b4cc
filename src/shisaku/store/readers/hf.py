"""Reads what `save_to_disk` of Hugging Face's `datasets` wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.arrow_layout import table_layout
from shisaku.store.readers.arrow_shards import Lost, Shard, arrow_records, unread_notes
from shisaku.store.readers.inside import inside
from shisaku.store.readers.reader import Record
from shisaku.store.readers.recognition import CERTAIN, Layout
from shisaku.store.readers.typed_columns import TypedColumns

SPLITS, INFO, STATE = "dataset_dict.json", "dataset_info.json", "state.json"
SMALL_MB = 16


@dataclass(frozen=True)
class HfReader(TypedColumns):
    """A folder written by ``Dataset.save_to_disk`` or ``DatasetDict.save_to_disk`` of `datasets`.

    Every row is a sample, the splits of a DatasetDict become the fact ``split``. Image, Audio and Video features
    become parts, ClassLabels become labels by their names; everything else is as in the reader ``parquet``.
    Nothing of `datasets` is imported, and no script is run.

    Example::

        data: {reader: hf, with: {path: flowers-hf, label: species}}
    """

    def records(self) -> Iterator[Record]:
        """Give one record per row. Raises DataError where this is no such folder."""
        root = Path(self.path).expanduser()
        yield from arrow_records(_shards(root), self.named(), root)

    def notes(self) -> tuple[Message, ...]:
        """Name the columns that are not read."""
        root = Path(self.path).expanduser()
        return unread_notes(_shards(root), self.named(), root)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("hf", asdict(self))

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Take a folder with ``dataset_dict.json``, or with ``state.json`` and ``dataset_info.json``."""
        if not (path / SPLITS).is_file() and not ((path / STATE).is_file() and (path / INFO).is_file()):
            return None
        try:
            shards = _shards(path)
        except DataError:
            return None
        why = say("{files} is what save_to_disk of Hugging Face's datasets writes", files=_sign(path))
        return table_layout("hf", cls, shards[0], path, why, CERTAIN) if shards else None


def _sign(path: Path) -> str:
    return SPLITS if (path / SPLITS).is_file() else STATE


def _shards(root: Path) -> Sequence[Shard]:
    if not (root / SPLITS).is_file():
        return _split(root, root, "")
    splits = _json(root / SPLITS).get("splits")
    names = [name for name in splits if isinstance(name, str)] if isinstance(splits, list) else []
    return [shard for name in names for shard in _split(root, root / name, name)]


def _split(root: Path, folder: Path, split: str) -> list[Shard]:
    state = inside(root, (folder / STATE).relative_to(root).as_posix())
    if isinstance(state, Message):
        raise DataError(state, str(folder))
    files = _json(state).get("_data_files")
    features = _json(folder / INFO).get("features") if (folder / INFO).is_file() else {}
    names = [str(one.get("filename")) for one in files if isinstance(one, dict)] if isinstance(files, list) else []
    held = features if isinstance(features, dict) else {}
    several = len(names) > 1
    return [
        _File(inside(folder, name), "/".join(filter(None, (split, name if several else ""))), split, held)
        for name in names
    ]


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > SMALL_MB << 20:
            raise ValueError("too big")
        held = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(say("This is not JSON: {cause}", cause=str(error)[:120]), str(path)) from None
    if not isinstance(held, dict):
        raise DataError(say("This is not JSON: {cause}", cause="no object"), str(path))
    return held


class _File:
    """One Arrow file (stream or file format), mapped and never loaded whole."""

    def __init__(self, path: Path | Message, name: str, split: str, features: Mapping[str, Any]) -> None:
        self.path, self.name, self.split, self._features = path, name, split, features

    def schema(self) -> Any:
        with self._open() as batches:
            return batches.schema

    def features(self) -> Mapping[str, Any]:
        return self._features

    def batches(self, rows: int, columns: Sequence[str] | None = None, most: int = 0) -> Iterator[Any]:
        import pyarrow as pa

        row = 0
        try:
            with self._open() as batches:
                for batch in batches:
                    # What lies about its offsets would make the process read beyond its memory.
                    batch.validate(full=True)
                    few = batch if columns is None else batch.select(list(columns))
                    for start in range(0, batch.num_rows, rows):
                        yield few.slice(start, rows)
                    row += batch.num_rows
        except (OSError, ValueError, pa.ArrowException, DataError) as error:
            yield Lost(row + 1, 1, str(error))

    def _open(self) -> Any:
        import pyarrow as pa

        if isinstance(self.path, Message):
            raise DataError(self.path)
        try:
            found = pa.ipc.open_stream(pa.memory_map(str(self.path)))
            found.schema.names  # noqa: B018  bytes that are no text show here
            return found
        except (OSError, ValueError, pa.ArrowException) as error:
            raise DataError(
                say("This is not an Arrow file: {cause}", cause=str(error)[:200]), str(self.path)
            ) from error
