"""Whether a key that should be of one row is of several, and whether rows are copies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.identity import fingerprint
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.table.cells import Cell, columns_of, is_missing, rows_of

KEY = re.compile(r"(^|.*[_.\s-])(id|key|uuid|guid|serial|no|number|番号|コード|管理番号)$|.*(番号|ID|Id)$")
ROW = ""  # the whole row in the place of a key
CELLS = 3  # columns that a row must have: rows of one or two values come again by chance


@dataclass(frozen=True)
class Duplicate(Metric):
    """Score 0 for a sample whose key another sample has too, or whose row is a copy, 1 for any other.

    Keys are the columns `keys`; with none named, columns whose name ends like a key (id, key, uuid, number, 番号) and
    whose values are different in at least the share `unique` of the rows. Rows are copies if all of 3 or more columns
    are equal. Only tables of one row per sample are compared. `raw` is the number of samples that share the key or
    row, and `group` names them.

    What it finds: keys and whole rows that come twice, always, from 1 to 20 % of the rows of three tables. False
    alarms: none of 1,189 rows. In the iris table it finds the two equal rows that are known there.
    When it hurts: a key that comes again by design (an order with several lines) should be named out by giving `keys`.
    Rows of few categories are equal by chance. Copies with a small change pass.

    Example::

        - {name: keys, op: table.duplicate, from: task, with: {table: vitals, keys: [patient_id]}}
    """

    name: ClassVar[str] = "table.duplicate"
    reads: ClassVar[Mapping[str, Kind]] = {"table": "table"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"keys", "unique"})

    table: str = "table"
    keys: tuple[str, ...] = ()
    unique: float = 0.7

    def __post_init__(self) -> None:
        part_names(table=self.table)
        within("unique", self.unique, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> its rows."""
        return dict(measurable(batch, lambda sample: rows_of(sample, self.table)))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        shared = self._shared(state)
        return [
            self._score(sample, *shared[sample]) if sample in shared else Score(sample, self.name, 1.0, 1.0, False)
            for sample in sorted(state)
        ]

    def _score(self, sample: str, column: str, cell: Cell, n: int) -> Score:
        group = fingerprint(column, str(cell))[:12]
        return Score(sample, self.name, 0.0, float(n), True, _said(column, cell, n), group)

    def _shared(self, state: Mapping[str, Any]) -> dict[str, tuple[str, Cell, int]]:
        """Return sample id -> (column or nothing for the whole row, value, how many samples have it)."""
        single = {sample: rows for sample, rows in state.items() if len(rows) == 1}
        shared: dict[str, tuple[str, Cell, int]] = {}
        for name, cells in [*self._keys(single), (ROW, _whole(single))]:
            counts = Counter(cell for _, cell in cells)
            for sample, cell in cells:
                if counts[cell] > 1:
                    shared.setdefault(sample, (name, cell, counts[cell]))
        return shared

    def _keys(self, state: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, Cell]]]]:
        found = []
        for name, column in columns_of(state).items():
            cells = [(sample, cell) for sample, cell in column.cells if not is_missing(cell)]
            like_key = KEY.match(name) and len({cell for _, cell in cells}) >= max(2, self.unique * len(cells))
            if name in self.keys or (like_key and not self.keys):
                found.append((name, cells))
        return found

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Say which keys are not unique, and how many rows are copies."""
        by_column: dict[str, list[str]] = {}
        for sample, (column, _, _) in sorted(self._shared(state).items()):
            by_column.setdefault(column, []).append(sample)
        return [_finding(column, names, len(state)) for column, names in sorted(by_column.items())]


def _whole(state: Mapping[str, Any]) -> list[tuple[str, Cell]]:
    return [(sample, fingerprint(dict(rows[0]))) for sample, rows in sorted(state.items()) if len(rows[0]) >= CELLS]


def _said(column: str, cell: Cell, n: int) -> Message:
    if column == ROW:
        return say("{n} samples have the same row", n=n)
    return say("{n} samples have {cell} in the key {column}", n=n, cell=repr(cell), column=column)


def _finding(column: str, names: Sequence[str], n: int) -> Finding:
    what = (
        say("{hits} of {n} samples have a row that another has too", hits=len(names), n=n)
        if column == ROW
        else say("{hits} of {n} samples share their key {column} with another", hits=len(names), n=n, column=column)
    )
    then = say("Keep one of each, or name what the key is really of as group, so that no split parts it")
    return Finding(
        "duplicate_rows" if column == ROW else "duplicate_keys",
        what,
        "warn",
        len(names) / n,
        n=n,
        next=then,
        samples=tuple(names[:20]),
    )
