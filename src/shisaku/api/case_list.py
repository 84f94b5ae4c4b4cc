"""Case records: what runs showed, failures too, beside what the literature reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shisaku.errors import RecipeError


def cases(
    words: Sequence[str] = (), *, modality: str = "", outcome: str = "", grade: str = "", source: str = ""
) -> list[dict[str, Any]]:
    """Return the case records that fit, the best evidence first: kept runs, and works with figures.

    All `words` must occur in what is said of a case. `outcome` is ADOPT, REJECT, ABSTAIN, stopped or error, or of the
    literature helped, hurt, mixed or not shown; `grade` A to D asks for that evidence or better; `source` is run or
    literature. Raises DataError for a value that no case can have.
    """
    from shisaku.lab.cases.chosen import Asked
    from shisaku.lab.cases.literature import literature
    from shisaku.store.case_records import kept

    asked = Asked(words, modality, outcome, grade, source)
    asked.check()
    found = [case for case in (*kept(), *literature()) if asked.fits(case)]
    return sorted(found, key=lambda case: str(case["grade"]))


def keep_case(run: str | Path) -> dict[str, Any]:
    """Record what a run showed, whichever way it fell, and return the record with how many cases were `new`.

    Raises DataError where there is no run.
    """
    from shisaku.api.case_keeping import kept_record
    from shisaku.registry.load import load_recipe
    from shisaku.store.run import RECIPE, Run

    opened = Run.open(Path(run).expanduser())
    try:
        recipe = load_recipe(opened.path / RECIPE)
    except RecipeError:  # an op of another machine, or a run of predictions alone
        recipe = None
    return kept_record(opened, recipe)
