"""Personal data in the cells of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.privacy.hit import known_kinds
from shisaku.ops.privacy.rules import Piece, pieces
from shisaku.ops.privacy.text import MOST
from shisaku.ops.privacy.told import findings, scored
from shisaku.ops.reading import part_of
from shisaku.store.codecs import decode_table


@dataclass(frozen=True)
class Table(Metric):
    """Score a table by the personal data in its cells: 1 for none, 1 / (1 + pieces).

    The rules are those of `privacy.text`. Every cell is read behind the name of its column, which tells what a bare
    number is: 0312345678 is a phone number in a column "phone". `raw` is the number of pieces; more than `most` are
    an issue. What is told is masked.

    What it finds: what `privacy.text` finds, cell by cell. Fourteen kinds put into a cell of 150 real rows (n = 30 of
    each): all of them where written as usual or behind a cue, none where disguised; no false alarm.
    When it hurts: a column with a name of your own ("k7") tells nothing about its cells, and names in cells
    ("Tanaka") are found only in columns called so (full name, customer name, 氏名).

    Example::

        - {name: personal_cells, op: privacy.table, from: data, with: {table: form}}
    """

    name: ClassVar[str] = "privacy.table"
    reads: ClassVar[Mapping[str, Kind]] = {"table": "table"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"most"})

    table: str = "table"
    kinds: tuple[str, ...] = ()
    most: int = 0

    def __post_init__(self) -> None:
        part_names(table=self.table)
        object.__setattr__(self, "kinds", known_kinds(self.kinds))
        within("most", self.most, 0, MOST)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [(kind, masked piece), ...]."""
        return dict(measurable(batch, self._pieces))

    def _pieces(self, sample: Sample) -> list[Piece]:
        held = decode_table(part_of(sample, self.table, "table"))
        return [piece for cell in cells(held) for piece in pieces(cell, kinds=self.kinds)]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per table, by sample id."""
        return scored(state, self.name, self.table, self.most)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return one Finding per kind of personal data, with its count."""
        return findings(state, self.name, self.table)


def cells(held: Any, column: str = "") -> Iterator[str]:
    """Give every cell of a table as "column: value"."""
    if isinstance(held, Mapping):
        for name, value in held.items():
            yield from cells(value, str(name))
    elif isinstance(held, list):
        for value in held:
            yield from cells(value, column)
    elif isinstance(held, str) or (isinstance(held, int) and not isinstance(held, bool)):
        name = " ".join(column.replace("_", " ").split())
        yield f"{name}: {held}" if name else str(held)
