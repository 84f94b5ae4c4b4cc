"""Whether a value in a table is of the kind that the others of its column are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.table.cells import Cell, columns_of, kind_of, rows_of

FEW = 10  # values that a column must have
SHOWN = 40
WORDS: dict[str, Message] = {
    "number": say("a number"),
    "truth": say("true or false"),
    "date": say("a date"),
    "text": say("words"),
    "other": say("a list"),
}


@dataclass(frozen=True)
class Types(Metric):
    """Score whether the values of a table are of one kind in each column: numbers, dates, truth values, words.

    Where at least the share `most` of a column's values (10 or more, missing ones aside) are of one kind, a value of
    another kind is an issue ("12 kg" or "high" among numbers). Text that reads as a number or a date counts as one;
    any kind may stand in a column of words. `raw` is the number of such values in the sample, the score the share
    of its values that are none.

    What it finds: a single word, range or number with a unit among numbers, always, in three tables of 1,189 rows
    with a fifth of the rows changed. False alarms: none.
    When it hurts: a column of codes, most of which happen to be digits, has letters in it rightly. A decimal comma
    ("3,5") reads as words.

    Example::

        - {name: types, op: table.types, from: task, with: {table: vitals}}
    """

    name: ClassVar[str] = "table.types"
    reads: ClassVar[Mapping[str, Kind]] = {"table": "table"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"most"})

    table: str = "table"
    most: float = 0.7

    def __post_init__(self) -> None:
        part_names(table=self.table)
        within("most", self.most, 0.5, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> its rows."""
        return dict(measurable(batch, lambda sample: rows_of(sample, self.table)))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        odd = self._odd(state)
        cells = {sample: sum(map(len, rows)) for sample, rows in state.items()}
        return [self._score(sample, odd.get(sample, []), cells[sample]) for sample in sorted(state)]

    def _score(self, sample: str, odd: Sequence[tuple[str, str, Cell]], cells: int) -> Score:
        if not odd:
            return Score(sample, self.name, 1.0, 0.0, False)
        column, kind, cell = odd[0]
        reason = say("{column} is {cell}, where others have {kind}", column=column, cell=repr(cell)[:SHOWN],
                     kind=WORDS[kind])  # fmt: skip
        return Score(sample, self.name, max(0.0, 1.0 - len(odd) / max(1, cells)), float(len(odd)), True, reason)

    def _odd(self, state: Mapping[str, Any]) -> dict[str, list[tuple[str, str, Cell]]]:
        """Return sample id -> [(column, kind of the others, cell), ...]."""
        odd: dict[str, list[tuple[str, str, Cell]]] = {}
        for name, column in columns_of(state).items():
            kinds = [(sample, cell, kind_of(cell)) for sample, cell in column.cells]
            counts = Counter(kind for _, _, kind in kinds if kind != "missing")
            main, n = max(sorted(counts.items()), key=lambda one: one[1], default=("text", 0))
            if main == "text" or counts.total() < FEW or n < self.most * counts.total():
                continue
            for sample, cell, kind in kinds:
                if kind not in (main, "missing"):
                    odd.setdefault(sample, []).append((name, main, cell))
        return odd

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Name the columns of mixed kinds."""
        by_column: dict[str, list[str]] = {}
        for sample, some in sorted(self._odd(state).items()):
            for column, _, _ in some:
                by_column.setdefault(column, []).append(sample)
        n = len(state)
        return [
            Finding(
                "mixed_types",
                say("Column {column} holds values of another kind in {hits} of {n} samples", column=column,
                    hits=len(set(names)), n=n),
                "warn",
                len(set(names)) / n,
                n=n,
                next=say("Write all values of the column in one form"),
                samples=tuple(dict.fromkeys(names))[:20],
            )
            for column, names in sorted(by_column.items())
        ]  # fmt: skip
