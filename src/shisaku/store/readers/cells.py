"""The cells of a table in little room: columns of text in chunks; a row is an object only while it is looked at."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, overload

import numpy as np

from shisaku.message import Message

CHUNK = 4096  # rows at a time; few enough that their Python strings do not count


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file (1-based; the row number for Parquet), its cells, or why it cannot be used."""

    line: int
    cells: Mapping[str, str] = field(default_factory=dict)
    problem: Message | None = None

    def cell(self, column: str) -> str:
        """Return a cell without outer white space; an absent one is empty."""
        return self.cells.get(column, "").strip()


class Cells(Sequence[Row]):
    """A sequence of `Row`, made by `CellsBuilder`: Arrow text columns by chunk, lines, and the few broken rows."""

    def __init__(self, chunks: list[dict[str, Any]], lines: array[int], broken: Mapping[int, Message]) -> None:
        self._chunks, self._lines, self._broken = chunks, lines, broken

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        """Return one row, or a list of them."""
        if isinstance(index, slice):
            return [self[n] for n in range(*index.indices(len(self)))]
        number = range(len(self))[index]
        found = {name: held[number % CHUNK].as_py() for name, held in self._chunks[number // CHUNK].items()}
        return self._row(number, found)

    def __iter__(self) -> Iterator[Row]:
        for at, columns in enumerate(self._chunks):
            lists = {name: held.to_pylist() for name, held in columns.items()}
            for n in range(min(CHUNK, len(self) - at * CHUNK)):
                yield self._row(at * CHUNK + n, {name: values[n] for name, values in lists.items()})

    def values(self, column: str) -> Iterator[str]:
        """Give the cells of one column, as `Row.cell` has them, broken rows left out."""
        for at, columns in enumerate(self._chunks):
            n = min(CHUNK, len(self) - at * CHUNK)
            values = columns[column].to_pylist() if column in columns else [None] * n
            yield from ((value or "").strip() for k, value in enumerate(values) if at * CHUNK + k not in self._broken)

    def distinct(self, column: str) -> int:
        """Return how many different values, the empty one aside, a column has.

        Values count as the same while their 64-bit hashes are: a million texts need no second copy of themselves.
        """
        hashes = np.fromiter((hash(value) for value in self.values(column) if value), np.int64)
        return len(np.unique(hashes))

    def _row(self, number: int, found: Mapping[str, str | None]) -> Row:
        line, problem = self._lines[number], self._broken.get(number)
        cells = {} if problem else {name: value for name, value in found.items() if value is not None}
        return Row(line, cells, problem)


class CellsBuilder:
    """Takes rows one by one; only the last chunk of them is held as Python objects."""

    def __init__(self) -> None:
        self.columns: dict[str, None] = {}
        self._chunks: list[dict[str, Any]] = []
        self._lines: array[int] = array("l")
        self._broken: dict[int, Message] = {}
        self._waiting: list[Mapping[str, str]] = []

    def add(self, line: int, cells: Mapping[str, str]) -> None:
        """Add a row; columns not seen before are new columns."""
        self._lines.append(line)
        self._waiting.append(cells)
        if len(self._waiting) == CHUNK:
            self._pack()

    def add_broken(self, line: int, problem: Message) -> None:
        """Add a row that cannot be used."""
        self._broken[len(self._lines)] = problem
        self.add(line, {})

    def done(self) -> Cells:
        """Return everything that was added."""
        if self._waiting:
            self._pack()
        return Cells(self._chunks, self._lines, self._broken)

    def _pack(self) -> None:
        import pyarrow as pa

        names = dict.fromkeys(chain.from_iterable(self._waiting))
        self.columns.update(names)
        self._chunks.append(
            {name: pa.array([cells.get(name) for cells in self._waiting], pa.string()) for name in names}
        )
        self._waiting = []


def as_text(value: Any) -> str:
    """Return a cell of a typed table as text; lists and objects as JSON, nothing as the empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # JSON can hold halves of characters
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
