"""Gather what many runs proved, and ask under which conditions made data helped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.progress import Progress, silent
from shisaku.errors import RecipeError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.lab.conditions.gather import Proved


def conditions(
    runs: Sequence[str | Path],
    *,
    datasets: Mapping[str, str] | None = None,
    out: str | Path | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Return every cell of `runs`, the rule that tells where made data pays (or ABSTAIN), and what carries over.

    A cell is a contrast of made data in one study, domain and number of shots. Studies that share more than one in
    twenty real samples, or their source, are one dataset; `datasets` names the dataset of a run (by its folder's name)
    where that is not so. Whole datasets are held out, and under six of them nothing is claimed; technique x modality x
    place says something from three datasets on. `out` is a page to write. Raises DataError for a folder without a
    finished study and for a preview, RecipeError for no runs and for a name of `datasets` that is none of them.
    """
    from shisaku.lab.conditions.cells import in_order
    from shisaku.lab.conditions.finder import find_conditions
    from shisaku.lab.conditions.gather import cells_of, studies_of
    from shisaku.lab.conditions.transfer import transfer_matrix, transfers
    from shisaku.registry.load import load_recipe
    from shisaku.store.run import Run

    paths = list(dict.fromkeys(Path(one).expanduser().resolve() for one in runs))
    given = dict(datasets or {})
    _known(paths, given)
    what = str(say("runs"))
    studies: list[Proved] = []
    titles: list[str] = []
    named: dict[int, str] = {}
    notes: list[Message] = []
    for done, path in enumerate(paths, 1):
        run = Run.open(path)
        recipe = load_recipe(path / "recipe.yaml")
        found, told = studies_of(run, recipe)
        if path.name in given:
            named |= dict.fromkeys(range(len(studies), len(studies) + len(found)), given[path.name])
        studies += found
        titles += [recipe.name] * len(found)
        notes += told
        progress(what, done, len(paths))
    cells, told = cells_of(studies, titles, named)
    found_out = find_conditions(cells, seed)
    foretold = {id(one.cell): one for one in found_out.foretold}
    rows = []
    for cell in in_order(cells):
        one = foretold.get(id(cell))
        rows.append(cell.to_json() | {"chance": one.chance if one else None, "adopted": one.adopted if one else None})
    document: dict[str, Any] = {
        "schema": 1,
        "runs": [str(path) for path in paths],
        "datasets": sorted({cell.dataset for cell in cells}),
        "outcomes": {name: sum(row["outcome"] == name for row in rows) for name in ("helped", "hurt", "not shown")},
        "finder": found_out.to_json(),
        "matrix": [asdict(one) for one in transfer_matrix(cells)],
        "transfers": [asdict(one) for one in transfers(cells)],
        "cells": rows,
        "notes": [note.with_text() for note in [*notes, *told]],
        "page": None,
    }
    if out is not None:
        from shisaku.report.conditions import write_conditions_page

        document["page"] = str(write_conditions_page(document, Path(out).expanduser()))
    return document


def _known(paths: Sequence[Path], given: Mapping[str, str]) -> None:
    if not paths:
        raise RecipeError(say("No run was given"), next=say("Name the folders of runs that prove something"))
    strange = sorted(set(given) - {path.name for path in paths})
    if strange:
        raise RecipeError(
            say("{name} is none of the runs that were given", name=strange[0]),
            next=say("Write the name of the run's folder: {names}", names=", ".join(path.name for path in paths)),
        )
