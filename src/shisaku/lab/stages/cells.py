"""The cells of a confusion matrix that are errors, and which row of a form answers for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shisaku.core.kpi import REVIEW
from shisaku.lab.stages.form import Response

ANY: Final = "any"
RESERVED: Final = (ANY, REVIEW)
Cell = tuple[str, str]


def error_cells(classes: Sequence[str]) -> list[Cell]:
    """Return (truth, answer) of every error: another class, and no answer, which hands the item to a person."""
    return [(truth, answer) for truth in classes for answer in (*classes, REVIEW) if truth != answer]


def cells_of(row: Response, classes: Sequence[str]) -> Iterator[Cell]:
    """Yield the errors that a row answers for; `any` answer is any other class, not a review."""
    truths = list(classes) if ANY in row.truth else row.truth
    answers = list(classes) if ANY in row.answer else row.answer
    yield from ((truth, answer) for truth in truths for answer in answers if truth != answer)


def answered(rows: Sequence[Response], classes: Sequence[str]) -> dict[Cell, list[int]]:
    """Return the rows that answer for each cell: of those that apply, the ones that name it most closely."""
    found: dict[Cell, list[int]] = {}
    for place, row in enumerate(rows):
        for cell in dict.fromkeys(cells_of(row, classes)):
            there = found.setdefault(cell, [])
            if there and _named(rows[there[0]]) > _named(row):
                continue
            if there and _named(rows[there[0]]) < _named(row):
                there.clear()
            there.append(place)
    return found


def missing(rows: Sequence[Response], classes: Sequence[str]) -> list[Cell]:
    """Return the errors that no row answers for."""
    there: Mapping[Cell, list[int]] = answered(rows, classes)
    return [cell for cell in error_cells(classes) if cell not in there]


def cell_text(cell: Cell) -> str:
    """Return a cell as people write it."""
    return f"{cell[0]} → {cell[1]}"


def _named(row: Response) -> int:
    return (ANY not in row.truth) + (ANY not in row.answer)
