"""Whether a row has the values that other rows have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.table.cells import columns_of, is_missing, rows_of
from shisaku.stats.proportions import clopper_pearson

SHOWN = 20


@dataclass(frozen=True)
class Missing(Metric):
    """Score the share of values that a sample has of those that its table should have.

    A value is missing if its cell is not there, null, NaN, empty or a word for nothing ("NA", "-", "null", "欠損" and
    the like). A column counts if at least the share `usual` of all rows fill it; a sample that lacks any value of
    such a column is an issue. `raw` is the number of values it lacks. The finding lists columns by what they lack.

    What it finds: a single value lost, in each of 1,189 rows of three tables (wine, diabetes, breast cancer; a fifth of
    the rows, nine ways of saying nothing). False alarms: none.
    When it hurts: a value that stands for nothing (-1, 999, 1900-01-01) passes as a value, and "-" or "none" that
    mean something are called missing. Columns that most rows leave empty are only listed.

    Example::

        - {name: missing, op: table.missing, from: task, with: {table: vitals}}
    """

    name: ClassVar[str] = "table.missing"
    reads: ClassVar[Mapping[str, Kind]] = {"table": "table"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"usual"})

    table: str = "table"
    usual: float = 0.5

    def __post_init__(self) -> None:
        part_names(table=self.table)
        within("usual", self.usual, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> its rows, each column with whether there is a value."""
        return {
            sample: [{name: None if is_missing(cell) else True for name, cell in row.items()} for row in rows]
            for sample, rows in measurable(batch, lambda sample: rows_of(sample, self.table)).items()
        }

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        usual = [name for name, share in self._missing(state).items() if 1.0 - share >= self.usual]
        return [self._score(sample, rows, usual) for sample, rows in sorted(state.items())]

    def _score(self, sample: str, rows: Sequence[Mapping[str, Any]], usual: Sequence[str]) -> Score:
        gone = [name for name in usual for row in rows if not row.get(name)]
        value = 1.0 - len(gone) / max(1, len(usual) * len(rows))
        if not gone:
            return Score(sample, self.name, value, 0.0, False)
        names = ", ".join(dict.fromkeys(gone[:SHOWN]))
        return Score(sample, self.name, value, float(len(gone)), True,
                     say("{n} values are missing: {names}", n=len(gone), names=names))  # fmt: skip

    @staticmethod
    def _missing(state: Mapping[str, Any]) -> dict[str, float]:
        """Return column -> share of rows without a value."""
        columns = columns_of(state)
        return {name: sum(not cell for _, cell in one.cells) / len(one.cells) for name, one in columns.items()}

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """List the columns that lack values, those that lack most first."""
        shares = self._missing(state)
        lacking = sorted(
            ((share, name) for name, share in shares.items() if share > 0), key=lambda one: (-one[0], one[1])
        )
        if not lacking:
            return []
        n = sum(map(len, state.values()))
        worst, name = lacking[0]
        hits = round(worst * n)
        what = say("{n} of {of} columns lack values; most of all {name}: {share:.1%} of {rows} rows",
                   n=len(lacking), of=len(shares), name=name, share=worst, rows=n)  # fmt: skip
        then = say(
            "Find out why they are missing before you fill them: values that are missing for a reason tell the label"
        )
        rows = tuple(
            {"column": column, "missing": round(share * n), "rows": n, "share": share} for share, column in lacking
        )
        low, high = clopper_pearson(hits, n)
        return [Finding("missing_values", what, "warn", worst, low, high, n, then, table=rows)]
