"""The cost matrix of a study: a row for every class, a column for every answer, and one for a person's look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shisaku.core.amount import Amount
from shisaku.core.kpi import REVIEW, Kpi
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.stats.estimate import Floats

FREE = Amount.of(0.0)


@dataclass(frozen=True, slots=True)
class Matrix:
    """What each action costs for an item of each class; `actions` are the classes in order, then ``review`` or not."""

    classes: tuple[str, ...]
    actions: tuple[str, ...]
    cells: tuple[tuple[Amount, ...], ...]

    @classmethod
    def of(cls, kpi: Kpi, classes: Sequence[str]) -> Matrix:
        """Fill the cells that are not named: a right answer is free, an error costs `cost_per_error`.

        Raises RecipeError for a class that the study has not.
        """
        _check_names(kpi, classes)
        reviewed = kpi.review is not None or any(REVIEW in row for row in kpi.costs.values())
        actions = (*classes, REVIEW) if reviewed else tuple(classes)
        wrong = Amount.of(kpi.cost_per_error)
        usual = {REVIEW: kpi.review or FREE}
        cells = tuple(
            tuple(
                kpi.costs.get(truth, {}).get(action, usual.get(action, FREE if action == truth else wrong))
                for action in actions
            )
            for truth in classes
        )
        return cls(tuple(classes), actions, cells)

    def likely(self) -> Floats:
        """Return [classes, actions]: what decisions are made by."""
        return np.array([[cell.likely for cell in row] for row in self.cells])

    def unknown(self) -> list[tuple[int, int]]:
        """Return the cells that are known as a range only."""
        return [(i, j) for i, row in enumerate(self.cells) for j, cell in enumerate(row) if not cell.known]


def shares_of(kpi: Kpi, classes: Sequence[str], counts: Floats) -> tuple[Floats, bool]:
    """Return the shares of the classes in use, and whether they are the user's (else those of the test items)."""
    if not kpi.prevalence:
        return counts / counts.sum(), False
    return np.array([kpi.prevalence.get(name, 0.0) for name in classes]), True


def _check_names(kpi: Kpi, classes: Sequence[str]) -> None:
    named = {*kpi.costs, *kpi.prevalence, *([kpi.positive] if kpi.positive else [])}
    named |= {action for row in kpi.costs.values() for action in row} - {REVIEW}
    unknown = sorted(named - set(classes))
    if unknown:
        raise RecipeError(
            say("The costs name {unknown}, and the study has no such class", unknown=", ".join(unknown)),
            where="kpi",
            next=say("Its classes are {classes}", classes=", ".join(classes)),
        )
