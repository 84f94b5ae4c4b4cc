"""The table of a new version: what it shares with the one before is linked, only the difference is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from shisaku.core.dataset import Dataset
from shisaku.store.arrow import sample_schema, samples_to_table
from shisaku.store.atomic import disk_errors, new_folder
from shisaku.store.blobs import REFS, moved_out
from shisaku.store.home.columns import SCORE, Columns, merge
from shisaku.store.home.place import Home
from shisaku.store.lance_rows import lance_errors, table_mark, write_rows
from shisaku.store.lance_table import MANIFEST, ROWS_AT_ONCE, TABLE, LanceDataset
from shisaku.store.manifest import SCHEMA, manifest_bytes
from shisaku.store.memory import dataset_fingerprint

IDS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """The digests of the new version, the ids that `leave` the parent's table and those that `come` anew.

    A sample that changed does both.
    """

    digests: Collection[str]
    leave: tuple[str, ...]
    come: tuple[str, ...]

    @classmethod
    def between(cls, old: Mapping[str, str], new: Mapping[str, str]) -> Change:
        """Compare two versions by id and digest."""
        leave = tuple(id_ for id_, digest in old.items() if new.get(id_) != digest)
        come = tuple(sorted(id_ for id_, digest in new.items() if old.get(id_) != digest))
        return cls(tuple(new.values()), leave, come)


@runtime_checkable
class KnowsDigests(Protocol):
    """A Dataset that knows the digests of its samples without reading them."""

    def digests(self) -> dict[str, str]:
        """Return id -> digest of every sample."""
        ...


def digests_of(dataset: Dataset) -> dict[str, str]:
    """Return id -> digest of every sample, from the table where there is one."""
    return dataset.digests() if isinstance(dataset, KnowsDigests) else {s.id: s.digest for s in dataset}


def write_table(
    home: Home,
    name: str,
    dataset: Dataset,
    parent: LanceDataset | None,
    inline_bytes: int,
    columns: Columns | None = None,
) -> int:
    """Write table `name` for `dataset` and return its Lance version.

    It appears whole or not at all. Scores of samples that stay the same are kept; `columns` are further ones, value
    by id. Raises MachineError for the disk, DataError for a damaged parent.
    """
    change = Change.between(parent.digests() if parent else {}, digests_of(dataset))
    place = home.table(name)
    with disk_errors(place), new_folder(place) as part:
        table = part / TABLE
        if parent and _worth_linking(parent, change):
            link_tree(parent.path / TABLE, table)
            with lance_errors(place):
                _drop_rows(table, change.leave)
            rows, mode = change.come, "append"
        else:
            rows, mode = tuple(dataset.ids()), "create"
        scores = _Scores.of(parent, set(change.come))
        if rows or mode == "create":
            write_rows(table, _tables(home, dataset, rows, inline_bytes, scores), scores.schema(), mode)
        if columns:
            merge(table, {SCORE + name: values for name, values in columns.items()})
        return seal(part, change.digests)


def seal(part: Path, digests: Collection[str]) -> int:
    """Leave only the last state of the Lance table in `part`, write its manifest and return its Lance version."""
    import lance

    table = lance.dataset(str(part / TABLE))
    # Only names in this folder go: what other versions link to stays theirs.
    table.cleanup_old_versions(older_than=timedelta(0), delete_unverified=True)
    about = {
        "fingerprint": dataset_fingerprint(digests),
        "n": len(digests),
        "table": table_mark(part / TABLE),
        "card": {},
    }
    (part / MANIFEST).write_bytes(manifest_bytes(about))
    return int(lance.dataset(str(part / TABLE)).version)


def link_tree(source: Path, target: Path) -> None:
    """Make `target` the same Lance table as `source`; data files, which Lance never changes, are hard links."""
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        name = file.relative_to(source)
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if name.parts[0] == "data":
            try:
                os.link(file, target / name)
                continue
            except OSError:  # a file system without hard links
                pass
        shutil.copy2(file, target / name)


def _worth_linking(parent: LanceDataset, change: Change) -> bool:
    """Say whether at least half of what the linked files hold would be rows of the new version."""
    if int(parent.manifest["schema"]) != SCHEMA or REFS not in parent.schema().names:
        return False
    return 2 * (len(parent) - len(change.leave)) >= parent.rows_on_disk()


def _drop_rows(table: Path, ids: Sequence[str]) -> None:
    import lance

    for start in range(0, len(ids), IDS_AT_ONCE):
        named = ", ".join("'" + id_.replace("'", "''") + "'" for id_ in ids[start : start + IDS_AT_ONCE])
        lance.dataset(str(table)).delete(f"id IN ({named})")


@dataclass(frozen=True, slots=True)
class _Scores:
    """The score columns of the parent, and their values for the samples that stay as they are."""

    types: Mapping[str, Any]
    values: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, parent: LanceDataset | None, come: set[str]) -> _Scores:
        if parent is None:
            return cls({}, {})
        types = {field.name: field.type for field in parent.schema() if field.name.startswith(SCORE)}
        rows = parent.columns(["id", *types]) if types else ()
        return cls(types, {row.pop("id"): row for row in rows if row["id"] not in come})

    def schema(self) -> Any:
        import pyarrow as pa

        schema = sample_schema().append(pa.field(REFS, pa.list_(pa.string())))
        for name, kind in self.types.items():
            schema = schema.append(pa.field(name, kind))
        return schema

    def added(self, table: Any) -> Any:
        import pyarrow as pa

        held = [self.values.get(id_, {}) for id_ in table.column("id").to_pylist()]
        for name, kind in self.types.items():
            table = table.append_column(name, pa.array([row.get(name) for row in held], kind))
        return table


def _tables(home: Home, dataset: Dataset, ids: Sequence[str], inline_bytes: int, scores: _Scores) -> Iterator[Any]:
    for start in range(0, len(ids), ROWS_AT_ONCE):
        samples = dataset.take(ids[start : start + ROWS_AT_ONCE])
        yield scores.added(moved_out(samples_to_table(samples), home.path, inline_bytes))
