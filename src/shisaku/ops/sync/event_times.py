"""The times in a table of events, in seconds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.reading import part_of
from shisaku.store.codecs import decode_table

LISTS = ("events", "spans", "rows")
TIMES = ("t", "start", "time", "onset", "begin", "seconds")


def event_times(sample: Sample, part: str) -> list[float]:
    """Return the times of a table of events, sorted: a list of rows, or an object that holds one under `LISTS`.

    A row's time stands under one of `TIMES`, or is the first number of its ``span``; rows without a time are left
    out. Raises DataError where no row has one.
    """
    held = decode_table(part_of(sample, part, "table"))
    rows = next((held[name] for name in LISTS if name in held), None) if isinstance(held, dict) else held
    found = [_time(row) for row in rows] if isinstance(rows, list) else []
    times = sorted(time for time in found if time is not None)
    if not times:
        raise DataError(say("No row of {part} has a time", part=part), where=sample.id)
    return times


def _time(row: Any) -> float | None:
    if not isinstance(row, Mapping):
        return None
    span = row.get("span")
    given = span[0] if isinstance(span, list) and span else next((row[name] for name in TIMES if name in row), None)
    try:
        value = math.nan if given is None or isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None
