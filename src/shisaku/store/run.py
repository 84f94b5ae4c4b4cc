"""A Run: the folder that a cooked recipe leaves behind, and the only thing that report and page read."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from shisaku.core.dataset import Dataset
from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.store.atomic import disk_errors, write_bytes
from shisaku.store.datasets import open_dataset
from shisaku.store.lock import FolderLock
from shisaku.store.plain import plain

State = Literal["running", "partial", "done"]
STATES = ("running", "partial", "done")
SCHEMA = 1
ABOUT, STREAMS, RECIPE, LOCK = "run", "streams", "recipe.yaml", "run.lock"
OWN = ("schema", "state", "recipe_fingerprint")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class Run:
    """A folder of JSON files, Parquet tables and links to datasets; every write is whole or absent.

    `create` starts or resumes a run and keeps other processes out until `finish` or `release`; `open`
    only reads. A run whose process died reads as ``partial``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FolderLock(path / LOCK)

    @classmethod
    def create(cls, path: Path | str, *, recipe_text: str, recipe_fingerprint: str) -> Run:
        """Start a run at `path`, or resume the one of the same recipe.

        Raises MachineError if another recipe's run or another process is there.
        """
        run = cls(Path(path))
        with disk_errors(run.path):
            run.path.mkdir(parents=True, exist_ok=True)
        run._lock.take()
        try:
            there = run.read_json(ABOUT) if run._json(ABOUT).exists() else None
            if there is None:
                run._refuse_foreign()
            elif there["recipe_fingerprint"] != recipe_fingerprint:
                raise MachineError(
                    say("This folder holds the run of another recipe"),
                    where=str(run.path),
                    next=say("Choose another folder for the run, or remove this one"),
                )
            write_bytes(run.path / RECIPE, recipe_text.encode())
            kept = {**(there or {}), "schema": SCHEMA, "state": "running", "recipe_fingerprint": recipe_fingerprint}
            run._write_plain(ABOUT, kept)
        except BaseException:
            run.release()
            raise
        return run

    @classmethod
    def open(cls, path: Path | str) -> Run:
        """Open a run to read it. Raises DataError if there is none, MachineError if a newer shisaku wrote it."""
        run = cls(Path(path))
        if not run._json(ABOUT).is_file():
            raise DataError(
                say("There is no run in this folder"),
                where=str(run.path),
                next=say("Give the folder that a run was written to; it holds a run.json"),
            )
        schema = int(run.read_json(ABOUT)["schema"])
        if schema > SCHEMA:
            raise MachineError(
                say("The run has schema {found}, this shisaku reads up to {known}", found=schema, known=SCHEMA),
                where=str(run.path),
                next=say("Install a newer shisaku"),
            )
        return run

    @property
    def state(self) -> State:
        """``running``, ``partial`` (stopped or killed; run again to go on) or ``done``."""
        written = self.read_json(ABOUT)["state"]
        if written == "running" and not self._lock.held():
            return "partial"
        return cast("State", written)

    @property
    def recipe_fingerprint(self) -> str:
        """The fingerprint of the recipe that this run cooks."""
        return str(self.read_json(ABOUT)["recipe_fingerprint"])

    def finish(self, state: str) -> None:
        """Write how it ended (``partial`` or ``done``) and let other processes in."""
        if state not in STATES:
            raise ValueError(f"a run ends as one of {STATES}, not {state}")
        self._write_plain(ABOUT, {**self.read_json(ABOUT), "state": state})
        self.release()

    def release(self) -> None:
        """Let other processes in without saying how it ended, as when an error stopped it."""
        self._lock.release()

    def write_json(self, name: str, value: Any) -> None:
        """Write ``<name>.json``: dataclasses, Messages (`to_json`) and NumPy values become plain, NaN becomes null.

        ``run`` takes a mapping that is added to what the run says of itself. Raises MachineError.
        """
        name = name.removesuffix(".json")
        held = plain(value)
        if name == ABOUT:
            there = self.read_json(ABOUT)
            held = {**there, **held, **{key: there[key] for key in OWN}}
        self._write_plain(name, held)

    def read_json(self, name: str) -> Any:
        """Read ``<name>.json``. Raises DataError if it is not there or not JSON."""
        path = self._json(name.removesuffix(".json"))
        try:
            return json.loads(path.read_bytes())
        except FileNotFoundError:
            raise DataError(say("The run has no {name}", name=path.name), where=str(self.path)) from None
        except (OSError, ValueError) as error:
            raise DataError(
                say("{name} cannot be read: {cause}", name=path.name, cause=str(error)), str(path)
            ) from None

    def write_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace ``<table>.parquet``. Columns are the keys of all rows; values are text, numbers, bool or None."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = list(dict.fromkeys(key for row in rows for key in row))
        arrays = [pa.array([_cell(table, key, row.get(key)) for row in rows]) for key in columns]
        target = io.BytesIO()
        pq.write_table(pa.table(arrays, names=columns), target, compression="zstd")
        write_bytes(self._table(table), target.getvalue())

    def read_rows(self, table: str) -> list[dict[str, Any]]:
        """Read a table; an absent one has no rows. Raises DataError if it is damaged."""
        found = self.read_table(table)
        return [] if found is None else cast("list[dict[str, Any]]", found.to_pylist())

    def read_table(self, table: str) -> Any:
        """Read a table as a pyarrow Table, for one with too many rows to look at each; None if it is absent."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self._table(table)
        if not path.is_file():
            return None
        try:
            return pq.read_table(path)
        except (OSError, pa.ArrowException) as error:
            raise DataError(
                say("Table {table} cannot be read: {cause}", table=table, cause=str(error)), str(path)
            ) from error

    def link_stream(self, name: str, dataset_path: Path | str, n: int, fingerprint: str) -> None:
        """Say that stream `name` is the dataset at `dataset_path` (kept relative if it lies inside the run)."""
        place, home = Path(dataset_path).absolute(), self.path.absolute()
        kept = place.relative_to(home).as_posix() if place.is_relative_to(home) else str(place)
        entry = {"path": kept, "n": n, "fingerprint": fingerprint}
        self._write_plain(STREAMS, {**self.streams(), name: entry})

    def stream(self, name: str) -> Dataset:
        """Open a stream. Raises DataError if there is none of that name, or the dataset is not the one linked."""
        streams = self.streams()
        if name not in streams:
            raise DataError(
                say("The run has no stream {name}", name=name),
                where=str(self.path),
                next=say("It has {names}", names=", ".join(sorted(streams)) or "-"),
            )
        place = self.path.absolute() / streams[name]["path"]
        found = open_dataset(place)
        if found.fingerprint != streams[name]["fingerprint"]:
            raise DataError(say("Stream {name} is not the dataset this run was made with", name=name), str(place))
        return found

    def streams(self) -> dict[str, dict[str, Any]]:
        """Stream name -> path, n, fingerprint."""
        return dict(self.read_json(STREAMS)) if self._json(STREAMS).is_file() else {}

    def _json(self, name: str) -> Path:
        return self.path / f"{_checked(name)}.json"

    def _table(self, name: str) -> Path:
        return self.path / f"{_checked(name)}.parquet"

    def _write_plain(self, name: str, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
        write_bytes(self._json(name), text.encode())

    def _refuse_foreign(self) -> None:
        with disk_errors(self.path):
            others = [entry for entry in os.listdir(self.path) if entry != LOCK and not entry.startswith(".")]
        if others and set(others) != {RECIPE}:
            raise MachineError(
                say("This folder is not empty and holds no run"),
                where=str(self.path),
                next=say("Give a new folder for the run"),
            )


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a file of a run")
    return name


def _cell(table: str, key: str, value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if value is not None and not isinstance(value, str | int | float | bool):
        raise TypeError(f"column {key} of table {table} holds a {type(value).__name__}; write it as JSON text")
    return value
