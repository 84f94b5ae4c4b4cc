"""Tables that an older schema wrote, brought to the columns of today one schema at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shisaku.store.manifest import SCHEMA


def migrated(table: Any, schema: int) -> Any:
    """Return a pyarrow Table of samples that was written by `schema` as `store.manifest.SCHEMA` would write it.

    Digests stay what they were: a sample without what a later schema added has the fingerprint it always had.
    """
    for step in range(schema, SCHEMA):
        table = STEPS[step](table)
    return table


def _add_clock(table: Any) -> Any:
    """Go from schema 1 to 2, which names the clock that a part's time span counts on: none was known."""
    import pyarrow as pa

    from shisaku.store.arrow import sample_schema

    number = table.column_names.index("parts")
    rows = [[{**part, "clock": ""} for part in row] for row in table.column("parts").to_pylist()]
    field = sample_schema().field("parts")
    return table.set_column(number, field, pa.array(rows, field.type))


STEPS: Mapping[int, Callable[[Any], Any]] = {1: _add_clock}
