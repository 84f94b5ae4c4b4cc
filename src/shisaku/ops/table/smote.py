"""New rows between a row and its neighbours of the same class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.fellows import by_label, sorted_pool
from shisaku.ops.labelled import label_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, some_of_each
from shisaku.ops.table.between import Drawn, Encoded, PoolMatrix, between
from shisaku.ops.table.pool_columns import PoolColumn, Row, columns_in, fitting, plain_rows, pool_rows
from shisaku.store.codecs import encode_table

MOST = 20  # children of one sample, however hard it is


@dataclass(frozen=True)
class Smote(Transform):
    """Make a new row between a row and one of its nearest neighbours of the same class in the pool.

    SMOTE (Chawla et al. 2002) through imbalanced-learn: of the `k` rows of the pool with the same `label` (empty: the
    only one) that are nearest, one is drawn, and each number moves towards its by one random share of the way.
    Distances are in standard deviations of the column in the pool. Where there are categories it is SMOTE-NC: the child
    has those that most of the `k` neighbours have (as SMOTE-NC counts them, the parent is not asked). `reach` is the
    most of the way that is gone, 0 gives the row itself. Whole numbers stay whole; what the row lacks stays missing,
    and neighbours are rows that lack nothing that it has. Which columns are numbers, categories or kept is told as in
    `table.jitter`, by `categories` and `keep`.

    With `adaptive`, a sample gets as many children as ADASYN (He et al. 2008) gives it, one on average over its class:
    more, the more of its `k` nearest rows in the whole pool are of other classes; a sample among its own gets none and
    says so. The neighbour, and with categories all that were asked, are parents too.

    When it hurts: a class that is several clusters has nothing real between them. In many dimensions, or with a dozen
    rows, neighbours are far and new rows lie in other classes; `adaptive` makes most of them right there, around label
    errors first of all. Rules between columns (a sum and its terms) hold for no mixture unless they are linear. On
    gradient-boosted trees a weight or a threshold mostly does as much.

    Example::

        - {name: smote, op: table.smote, from: task, pool: task, rounds: 3, with: {k: 5}}
    """

    name: ClassVar[str] = "table.smote"
    reads: ClassVar[Mapping[str, Kind]] = {"table": "table"}
    writes: ClassVar[Mapping[str, Kind]] = {"table": "table"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    table: str = "table"
    label: str = ""
    k: int = 5
    reach: float = 1.0
    adaptive: bool = False
    categories: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        part_names(table=self.table)
        within("k", self.k, 1, 1000)
        within("reach", self.reach, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return the new rows of every sample. Raises RecipeError without a pool."""
        members = sorted_pool(self.name, pool)
        columns = columns_in([row for _, row in pool_rows(members, self.table)], self.categories, self.keep)
        classes = by_label(members, self.label)
        rows = [(one, value, row) for value in sorted(classes) for one, row in pool_rows(classes[value], self.table)]
        matrix = PoolMatrix.of(rows, columns)
        usual = cache(partial(self._usual, matrix))
        return some_of_each(batch, rngs, lambda sample, rng: self._children(sample, rng, matrix, usual))

    def _children(
        self, sample: Sample, rng: np.random.Generator, matrix: PoolMatrix, usual: Callable[[str], float]
    ) -> Outcome:
        held, single = plain_rows(sample, self.table)
        if len(held) > 1:
            raise DataError(
                say("A row is made from one row a sample, and table {part} has {n}", part=self.table, n=len(held))
            )
        value, row = label_of(sample, self.label), matrix.encoded(held[0])
        mates = matrix.mates(row, sample.id, value)
        children: list[Sample] = []
        share = matrix.foreign_share(row, sample.id, value, self.k) if self.adaptive else 0.0
        for index in range(self._how_many(share, value, usual, rng)):
            drawn = between(matrix, row, mates, self.k, rng)
            made = self._moved(held[0], drawn, matrix.columns, rng)
            part = sample.parts[self.table]
            if made != held[0]:
                part = Part("table", encode_table(made if single else [made]), clock=part.clock, span=part.span)
            parts, facts = inherited(sample, {self.table: part}), {"smote_neighbour": drawn.neighbour}
            also_from = tuple(dict.fromkeys((drawn.neighbour, *drawn.asked)))
            children.append(sample.child(self.name, index, parts=parts, facts=facts, also_from=also_from))
        return tuple(children)

    def _usual(self, matrix: PoolMatrix, value: str) -> float:
        """Return the mean share of foreign neighbours over the class."""
        places = np.flatnonzero(matrix.labels == value)
        rows = [(matrix.ids[place], Encoded(matrix.numbers[place], matrix.codes[place])) for place in places]
        shares = [matrix.foreign_share(row, one, value, self.k) for one, row in rows]
        return float(np.mean(shares)) if shares else 0.0

    def _how_many(self, share: float, value: str, usual: Callable[[str], float], rng: np.random.Generator) -> int:
        if not self.adaptive:
            return 1
        wanted = share / usual(value) if usual(value) else 0.0
        # What is left over whole numbers becomes a chance, so that a class gets on average what the method says.
        n = min(MOST, int(wanted) + int(rng.random() < wanted % 1))
        if not n:
            raise DataError(say("Nearly all of its neighbours are of its own class: ADASYN makes nothing of it"))
        return n

    def _moved(
        self, row: Row, drawn: Drawn, columns: Mapping[str, PoolColumn], rng: np.random.Generator
    ) -> dict[str, Any]:
        made = dict(row)
        for name, cell in sorted(drawn.cells.items()):
            if not columns[name].is_number:
                made[name] = cell if rng.random() < self.reach else made[name]
            elif self.reach:
                value = float(row[name]) + self.reach * (cell - float(row[name]))
                made[name] = fitting(value, row[name], columns[name])
        return made
