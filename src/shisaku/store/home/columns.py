"""Columns of scores in a Lance table: numbers, truths or words by sample id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import say

SCORE = "score_"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
Value = float | str | bool
Columns = Mapping[str, Mapping[str, Value]]


def check_names(names: Iterable[str]) -> None:
    """Raise DataError for a name that no column can bear."""
    for name in names:
        if not NAME.fullmatch(name):
            raise DataError(
                say("{name} is no name for a column of scores", name=name[:60]), next=say("Use letters, digits and _")
            )


def merge(table: Path, columns: Columns) -> None:
    """Give the Lance table columns of values by id, in place of those of their names; nothing else is written."""
    import lance
    import pyarrow as pa

    dataset = lance.dataset(str(table))
    old = [name for name in columns if name in dataset.schema.names]
    if old:
        dataset.drop_columns(old)
        dataset = lance.dataset(str(table))
    ids = sorted({id_ for values in columns.values() for id_ in values})
    rows = {"id": pa.array(ids, pa.string())}
    rows |= {name: _column(ids, values) for name, values in columns.items()}
    dataset.merge(pa.table(rows), left_on="id")


def _column(ids: Sequence[str], values: Mapping[str, Value]) -> Any:
    """Return an Arrow array: text if one value is text, truth if all are, else numbers; null where there is none."""
    import pyarrow as pa

    given = [values.get(id_) for id_ in ids]
    there = [value for value in given if value is not None]
    if any(isinstance(value, str) for value in there):
        return pa.array([None if value is None else str(value) for value in given], pa.string())
    if there and all(isinstance(value, bool) for value in there):
        return pa.array(given, pa.bool_())
    return pa.array([None if value is None else float(value) for value in given], pa.float64())
