"""Noise on the cells of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.fellows import by_label, sorted_pool
from shisaku.ops.labelled import label_or_none
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.table.pool_columns import (
    PoolColumn,
    Row,
    columns_in,
    fitting,
    is_number,
    plain_rows,
    pool_rows,
    present,
)
from shisaku.store.codecs import encode_table


@dataclass(frozen=True)
class Jitter(Transform):
    """Add noise to the numbers of a table and redraw some of its categories.

    A number gets Gaussian noise with standard deviation `strength` times that of its column in the pool, and stays
    inside the range that the column has there; whole numbers stay whole. A category is redrawn with probability
    `redraw`: it becomes that of a random row of the pool with the same `label` (empty: the only one; of the whole pool
    where the sample has no label), so frequent ones stay frequent. What is missing stays missing. Columns of JSON
    numbers are numbers unless `categories` names them (codes of a scheme); texts and truths are categories, except
    where more than half of a column's texts differ (names, ids, dates): these stay, as do the columns that `keep`
    names and nested cells. Rows that a category came from are parents too. Strength 0 and redraw 0 change nothing.

    When it hurts: columns are changed one by one, so what belongs together comes apart (height and weight, a sum and
    its terms, city and postcode): list such columns in `keep`. Near a boundary between classes small noise makes
    labels false. Trees and forests gain little; a unit that no instrument can give (a price of 9.9817) tells made rows
    from real ones.

    Example::

        - {name: jittered, op: table.jitter, from: task, pool: task, rounds: 3, with: {strength: 0.1, redraw: 0.05}}
    """

    name: ClassVar[str] = "table.jitter"
    reads: ClassVar[Mapping[str, Kind]] = {"table": "table"}
    writes: ClassVar[Mapping[str, Kind]] = {"table": "table"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    table: str = "table"
    label: str = ""
    strength: float = 0.1
    redraw: float = 0.05
    categories: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        part_names(table=self.table)
        within("strength", self.strength, 0.0, 10.0)
        within("redraw", self.redraw, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one changed child per sample. Raises RecipeError without a pool."""
        members = sorted_pool(self.name, pool)
        rows = pool_rows(members, self.table)
        columns = columns_in([row for _, row in rows], self.categories, self.keep)
        classes = {value: pool_rows(some, self.table) for value, some in by_label(members, self.label).items()}

        def child(sample: Sample, rng: np.random.Generator) -> Sample:
            donors = classes.get(label_or_none(sample, self.label)) or rows
            return self._child(sample, rng, columns, donors)

        return one_by_one(batch, rngs, child)

    def _child(
        self,
        sample: Sample,
        rng: np.random.Generator,
        columns: Mapping[str, PoolColumn],
        donors: Sequence[tuple[str, Row]],
    ) -> Sample:
        own, single = plain_rows(sample, self.table)
        made, lent = [dict(row) for row in own], set()
        for row in made:
            for name in sorted(row.keys() & columns.keys()):
                row[name], lender = self._cell(row[name], name, columns[name], donors, rng)
                lent.add(lender)
        part = sample.parts[self.table]
        if made != own:
            part = Part("table", encode_table(made[0] if single else made), clock=part.clock, span=part.span)
        also_from = tuple(sorted(lent - {"", sample.id}))
        facts = {"jitter": f"{self.strength:g}"}
        return sample.child(self.name, parts=inherited(sample, {self.table: part}), facts=facts, also_from=also_from)

    def _cell(
        self, cell: Any, name: str, column: PoolColumn, donors: Sequence[tuple[str, Row]], rng: np.random.Generator
    ) -> tuple[Any, str]:
        """Return the changed cell and whose row it is from, if it is."""
        if not present(cell) or column.use == "kept":
            return cell, ""
        if column.is_number:
            amount = self.strength * column.spread * float(rng.standard_normal())
            return (fitting(float(cell) + amount, cell, column) if amount and is_number(cell) else cell), ""
        if rng.random() >= self.redraw:
            return cell, ""
        lenders = [(sample, row[name]) for sample, row in donors if present(row.get(name))]
        if not lenders:
            return cell, ""
        sample, drawn = lenders[int(rng.integers(len(lenders)))]
        return drawn, sample
