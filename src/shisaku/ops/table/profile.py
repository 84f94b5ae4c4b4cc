"""What the columns of a table hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.table.cells import Cell, Column, columns_of, is_missing, kind_of, rows_of

FEW = 20  # rows: fewer say nothing about what is usual
DIGITS = 4  # significant digits in the table


@dataclass(frozen=True)
class Profile(Metric):
    """Profile every column of a table, and score whether a sample has the columns that the others have.

    The finding ``profile`` has one row per column: kind of most values, number of values, missing and different ones,
    least, median and greatest number or the most frequent value. Columns that hold one value in all rows are
    named. A sample with a column that less than the share `rare` of the rows have (20 rows or more) is an issue: a
    misspelt name, another version of the form. `raw` is the number of such columns, the score the share of its
    columns that are none.

    What it finds: a column under another name in less than `rare` of the rows, always (three tables, 1,189 rows), in
    more of them never: then `table.missing` finds it. False alarms: none.
    When it hurts: optional columns that are seldom filled are called rare. A column that is missing is not
    its matter but that of `table.missing`.

    Example::

        - {name: profile, op: table.profile, from: task, with: {table: vitals}}
    """

    name: ClassVar[str] = "table.profile"
    reads: ClassVar[Mapping[str, Kind]] = {"table": "table"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"rare"})

    table: str = "table"
    rare: float = 0.05

    def __post_init__(self) -> None:
        part_names(table=self.table)
        within("rare", self.rare, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> its rows."""
        return dict(measurable(batch, lambda sample: rows_of(sample, self.table)))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        n = sum(map(len, state.values()))
        counts = Counter(name for rows in state.values() for row in rows for name in row)
        rare = {name for name, count in counts.items() if n >= FEW and count < self.rare * n}
        return [
            self._score(sample, {name for row in rows for name in row}, rare) for sample, rows in sorted(state.items())
        ]

    def _score(self, sample: str, names: set[str], rare: set[str]) -> Score:
        odd = sorted(names & rare)
        reason = say("columns that hardly any other row has: {names}", names=", ".join(odd[:5])) if odd else None
        return Score(sample, self.name, 1.0 - len(odd) / max(1, len(names)), float(len(odd)), bool(odd), reason)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Give the profile, and the columns that say nothing."""
        if not state:
            return []
        columns = columns_of(state)
        n = sum(map(len, state.values()))
        rows = tuple(profile(column) for column in columns.values())
        what = say("{columns} columns in {rows} rows of {n} samples", columns=len(columns), rows=n, n=len(state))
        found = [Finding("profile", what, "note", float(len(columns)), n=len(state), table=rows)]
        same = [row["column"] for row in rows if row["distinct"] <= 1 and row["kind"] != "other"]
        if same and n > 1:
            what = say(
                "{n} columns hold one value or none in all rows: {names}", n=len(same), names=", ".join(same[:10])
            )
            then = say("Leave them out: they tell a model nothing, or only where the data came from")
            found.append(Finding("constant_columns", what, "warn", float(len(same)), n=n, next=then))
        return found


def profile(column: Column) -> dict[str, Any]:
    """Return the row about one column."""
    cells = [cell for _, cell in column.cells if not is_missing(cell)]
    kinds = Counter(kind_of(cell) for cell in cells)
    kind = max(sorted(kinds), key=lambda one: kinds[one], default="missing")
    numbers = [number for _, number in column.numbers]
    about = {"column": column.name, "kind": kind, "n": len(column.cells), "missing": len(column.cells) - len(cells),
             "distinct": len(set(map(_key, cells)))}  # fmt: skip
    if kind == "number":
        least, middle, most = np.percentile(numbers, [0, 50, 100])
        return {**about, "min": _short(least), "median": _short(middle), "max": _short(most)}
    top = Counter(map(str, cells)).most_common(1)
    return {**about, "top": top[0][0] if top else "", "top_n": top[0][1] if top else 0}


def _key(cell: Cell) -> tuple[str, Cell]:
    return type(cell).__name__, cell


def _short(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
