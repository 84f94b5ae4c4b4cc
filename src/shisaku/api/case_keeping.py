"""Whichever way a run ends, what its studies showed is kept as case records."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

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
    try:
        yield
    except RecipeError:
        raise
    except ShisakuError as error:
        with suppress(MachineError):
            _keep(run, recipe, error)
        raise
    _keep(run, recipe, None)


def _keep(run: Run, recipe: Recipe | None, error: ShisakuError | None) -> None:
    from shisaku.lab.cases.record import record_of
    from shisaku.store.case_records import keep

    if recipe is None or recipe.studies:
        keep(record_of(run, recipe, error))
