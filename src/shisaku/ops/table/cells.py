"""The cells of a table part: rows of plain values, and what kind of value each is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.reading import part_of
from shisaku.store.codecs import decode_table

Cell = str | float | int | bool | None
CellKind = Literal["missing", "number", "truth", "date", "text", "other"]

OTHER = "[...]"  # stands for a list inside a cell
LONGEST = 200  # characters of a cell that are kept
DEEPEST = 3  # objects inside objects
ABSENT = frozenset({"", "-", "--", "---", "–", "—", "?", ".", "na", "n/a", "n.a.", "#n/a", "nan", "null", "none", "nil",
                    "missing", "欠損", "欠測", "欠損値", "未入力", "未記入", "未測定"})  # fmt: skip
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+(\.\d*)?|\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?")
DATE = re.compile(r"\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Column:
    """All cells of one column with the samples they are of, in the order of their ids."""

    name: str
    cells: list[tuple[str, Cell]] = field(default_factory=list)

    def of_kind(self, kind: CellKind) -> list[tuple[str, Cell]]:
        """Return the cells of one kind."""
        return [(sample, cell) for sample, cell in self.cells if kind_of(cell) == kind]

    @property
    def numbers(self) -> list[tuple[str, float]]:
        """The cells that are numbers, as numbers."""
        return [(sample, number_of(cell)) for sample, cell in self.of_kind("number")]


def rows_of(sample: Sample, name: str) -> list[dict[str, Cell]]:
    """Return the rows of a table part, objects inside of it laid flat ("a.b"). Raises DataError if it holds none."""
    held = decode_table(part_of(sample, name, "table"))
    found = [held] if isinstance(held, Mapping) else held
    rows = [dict(_flat(row)) for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
    if not any(rows):
        raise DataError(say("Table {part} has no rows", part=name), where=sample.id)
    return rows


def _flat(row: Mapping[str, Any], before: str = "", depth: int = 1) -> Iterator[tuple[str, Cell]]:
    for key, value in row.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping) and depth < DEEPEST:
            yield from _flat(value, f"{name}.", depth + 1)
        elif value is None or isinstance(value, bool | int | float):
            yield name, value
        else:
            yield name, value[:LONGEST] if isinstance(value, str) else OTHER


def columns_of(state: Mapping[str, Sequence[Mapping[str, Cell]]]) -> dict[str, Column]:
    """Return the columns of all rows by name; a row without the column has a missing cell in it."""
    names = sorted({name for rows in state.values() for row in rows for name in row})
    found = {name: Column(name) for name in names}
    for sample in sorted(state):
        for row in state[sample]:
            for name, column in found.items():
                column.cells.append((sample, row.get(name)))
    return found


def kind_of(cell: Cell) -> CellKind:
    """Return what kind of value a cell holds; numbers and dates may be written as text."""
    if cell is None or cell != cell:
        return "missing"
    if isinstance(cell, bool):
        return "truth"
    if isinstance(cell, int | float):
        return "number"
    text = plain(cell)
    if text.lower() in ABSENT:
        return "missing"
    if text == OTHER:
        return "other"
    if text.lower() in ("true", "false"):
        return "truth"
    if NUMBER.fullmatch(text.lower()):
        return "number"
    return "date" if DATE.fullmatch(text) else "text"


def number_of(cell: Cell) -> float:
    """Return the number in a cell of kind "number"."""
    return float(plain(cell).replace(",", "")) if isinstance(cell, str) else float(cell or 0.0)


def plain(text: str) -> str:
    """Return text in NFKC without outer white space."""
    return unicodedata.normalize("NFKC", text).strip()


def is_missing(cell: Cell) -> bool:
    """Say whether a cell holds nothing, or a word for nothing."""
    return kind_of(cell) == "missing"
