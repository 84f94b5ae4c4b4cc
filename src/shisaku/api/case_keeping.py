"""Whichever way a run ends, what its studies showed is kept as case records."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from shisaku.errors import MachineError, RecipeError, ShisakuError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shisaku.core.recipe import Recipe
    from shisaku.store.run import Run


@contextmanager
def cases_kept(run: Run, recipe: Recipe | None = None) -> Iterator[None]:
    """Keep the cases of a run with studies: verdicts, what was stopped before one, and the error that ended it.

    A recipe that asks for what cannot be is no evidence of anything, and Ctrl-C is no ending: neither is a case. A
    record that cannot be written never stands in the way of the error that it is about. Raises MachineError.
    """
    proves = recipe is None or bool(recipe.studies)
    try:
        yield
    except RecipeError:
        raise
    except ShisakuError as error:
        with suppress(MachineError):
            if proves:
                kept_record(run, recipe, error)
        raise
    if proves:
        kept_record(run, recipe)


def kept_record(run: Run, recipe: Recipe | None, error: ShisakuError | None = None) -> dict[str, Any]:
    """Keep what a run showed; returns the record with how many of its cases were `new`. Raises MachineError."""
    from shisaku.lab.cases.record import record_of
    from shisaku.store.case_records import keep

    record = record_of(run, recipe, error)
    return {**record, "new": keep(record)}
