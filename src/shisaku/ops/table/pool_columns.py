"""What the rows of a pool say about each column: numbers, whole numbers or categories, and how far they spread."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.reading import part_of
from shisaku.ops.table.cells import is_missing
from shisaku.store.codecs import decode_table

Row = Mapping[str, Any]
Use = Literal["number", "whole", "category", "kept"]
SCALARS = (str, int, float, bool)
NAMES = 0.5  # share of different values from which on a column of texts holds names, not categories


@dataclass(frozen=True, slots=True)
class PoolColumn:
    """How a column is treated; for numbers their standard deviation and range in the pool."""

    use: Use
    spread: float = 0.0
    low: float = -math.inf
    high: float = math.inf

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers, whole or not."""
        return self.use in ("number", "whole")


def plain_rows(sample: Sample, name: str) -> tuple[list[dict[str, Any]], bool]:
    """Return the rows of a table as they are, and whether it is one object. Raises DataError where it has none."""
    held = decode_table(part_of(sample, name, "table"))
    rows = [held] if isinstance(held, dict) else held
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) and row for row in rows):
        raise DataError(say("Table {part} has no rows", part=name), where=sample.id)
    return [dict(row) for row in rows], isinstance(held, dict)


def pool_rows(pool: Iterable[Sample], name: str) -> list[tuple[str, Row]]:
    """Return (sample id, row) of every row of the pool; a sample without such a table has none."""
    found: list[tuple[str, Row]] = []
    for sample in pool:
        try:
            found += [(sample.id, row) for row in plain_rows(sample, name)[0]]
        except DataError:
            continue
    return found


def columns_in(rows: Sequence[Row], categories: Sequence[str], keep: Sequence[str]) -> dict[str, PoolColumn]:
    """Return how every column of these rows is treated, by name in order.

    A column of JSON numbers is one of numbers (whole ones, where all are), unless `categories` names it; of texts and
    truths one of categories, unless more than half of its texts differ: those are names. What `keep` names, names and
    cells with something nested are kept as they are.
    """
    names = sorted({name for row in rows for name in row})
    return {name: _column([row.get(name) for row in rows], name in categories, name in keep) for name in names}


def _column(cells: Sequence[Any], category: bool, keep: bool) -> PoolColumn:
    filled = [cell for cell in cells if present(cell)]
    if keep or not filled or not all(isinstance(cell, SCALARS) for cell in filled):
        return PoolColumn("kept")
    if not category and all(is_number(cell) for cell in filled):
        values = np.array(filled, dtype=np.float64)
        whole = all(isinstance(cell, int) for cell in filled)
        # Of the numbers themselves, not of a sample of a larger whole: two equal rows have no spread.
        return PoolColumn("whole" if whole else "number", float(values.std()), float(values.min()), float(values.max()))
    texts = [cell for cell in filled if isinstance(cell, str)]
    names = not category and len(texts) > 1 and len(set(texts)) > NAMES * len(texts)
    return PoolColumn("kept" if names else "category")


def is_number(cell: Any) -> bool:
    """Whether a cell is a JSON number; numbers written as text are categories or names."""
    return isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell)


def present(cell: Any) -> bool:
    """Whether a cell holds something."""
    return cell is not None and (not isinstance(cell, SCALARS) or not is_missing(cell))


def fitting(value: float, like: Any, column: PoolColumn) -> Any:
    """Return a number in the form that the column asks for: whole where the pool's are, inside the pool's range.

    The range is widened to `like`, the number that the value was made from.
    """
    low, high = min(column.low, float(like)), max(column.high, float(like))
    inside = min(high, max(low, value))
    return round(inside) if column.use == "whole" and isinstance(like, int) else inside
