"""Write the plan of a recipe's studies down before anything is trained."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku import __version__
from shisaku.api.plan_file import SCHEMA, now, read_plan
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe
from shisaku.errors import RecipeError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.api.cooking import OnEstimate
    from shisaku.api.order import Order
    from shisaku.api.studying import Foreseen

FILE = "plan.json"


def plan(
    recipe: str | Path | Recipe,
    *,
    study: str = "",
    out: str | Path | None = None,
    run_folder: str | Path | None = None,
    profile: str = "default",
    split_seed: int | None = None,
    data: str | Path | None = None,
    accept_licence: str = "",
    workers: int = 2,
    progress: Progress = silent,
    on_estimate: OnEstimate | None = None,
) -> dict[str, Any]:
    """Freeze the plan of every study of a recipe (or of `study`), hash it, and write it to a file.

    All that the studies would see is cooked, for the plan covers it: into the folder that `run` would use, where `run`
    goes on. Nothing is trained and no test item is looked at. Returns the document with `file`, where it was written
    (`out`, or ``plan.json`` in the run's folder). A file that holds the same plan stays, with its date. The other
    arguments are those of `run`. Raises RecipeError, also where another plan is in the file, DataError, MachineError.
    """
    from shisaku.api.kitchen import read_recipe
    from shisaku.api.order import order_of

    asked, base = read_recipe(recipe, split_seed=split_seed, data=data)
    _check_asked(asked, study)
    order = order_of(
        asked, base=base, out=Path(run_folder) if run_folder is not None else None, preview=None,
        workers=workers, progress=progress, profile=profile,
    )  # fmt: skip
    found = [one for one in _foreseen(order, accept_licence, on_estimate) if study in ("", one.spec.name)]
    place = Path(out) if out is not None else order.out / FILE
    document = _kept(place, found)
    if document is None:
        from shisaku.store.atomic import write_bytes

        text = json.dumps(_document(order, found), ensure_ascii=False, indent=1, allow_nan=False)
        write_bytes(place, (text + "\n").encode())
        document = json.loads(text)
    return {**document, "file": str(place)}


def _check_asked(recipe: Recipe, study: str) -> None:
    names = [spec.name for spec in recipe.studies]
    if not names:
        raise RecipeError(
            say("The recipe has no study: there is nothing to plan"),
            where=recipe.name,
            next=say("Add `studies:`; `shisaku init` writes one where the data have labels"),
        )
    if study and study not in names:
        raise RecipeError(
            say("There is no study {name}", name=study), recipe.name, say("there is {known}", known=", ".join(names))
        )


def _foreseen(order: Order, accept_licence: str, on_estimate: OnEstimate | None) -> Sequence[Foreseen]:
    """Return what the studies of a recipe would do, over a run that is there or is cooked up to its studies."""
    from shisaku.api.cooking import up_to_studies
    from shisaku.api.order import done_run, start_run
    from shisaku.api.rights import Declared
    from shisaku.api.studying import foreseen

    there = done_run(order)
    if there is not None:
        return foreseen(there, order.recipe)
    run = start_run(order)
    try:
        declared = Declared(accept=accept_licence)
        return up_to_studies(run, order, declared, on_estimate, lambda: foreseen(run, order.recipe))
    finally:
        run.finish("partial")


def _document(order: Order, found: Sequence[Foreseen]) -> dict[str, Any]:
    from shisaku.lab.frozen import sealed

    return sealed(
        {
            "schema": SCHEMA,
            "recipe": order.recipe.name,
            "recipe_fingerprint": order.mark,
            "version": __version__,
            "date": now(),
            "studies": [_told(one) for one in found],
        }
    )


def _told(one: Foreseen) -> dict[str, Any]:
    """Return a plan with what follows from it: what it can show, and what it would take."""
    from shisaku.api.studying import study_minutes
    from shisaku.lab.needed import needed
    from shisaku.lab.plan import MIN_SPLITS
    from shisaku.lab.plan_reading import ceiling_of, lead_of, lines

    minutes = study_minutes([one.spec], None)
    needs = [needed(one.spec, row, MIN_SPLITS) if row["exploratory"] else {} for row in one.plan["rows"]]
    lead = needs[one.plan["rows"].index(lead_of(one.plan))]
    said = lines(one.plan, lead, unmet=one.unmet, seen=one.seen, minutes=minutes)
    return {
        "plan": one.plan,
        "seen": one.seen,
        "ceiling": ceiling_of(one.plan)["ceiling"],
        "exploratory": ceiling_of(one.plan)["exploratory"],
        "needed": needs,
        "minutes": minutes,
        "unmet": [why.to_json() for why in one.unmet],
        "lines": [line.with_text() for line in said],
    }


def _kept(place: Path, found: Sequence[Foreseen]) -> dict[str, Any] | None:
    """Return the document at `place` if it holds these plans, None if there is none. Raises RecipeError for others."""
    if not place.exists():
        return None
    there = read_plan(place)
    if {name: plan["hash"] for name, plan in there.plans.items()} != {one.spec.name: one.plan["hash"] for one in found}:
        raise RecipeError(
            say("Another plan is there, of {date}; a frozen plan is not replaced", date=there.date),
            where=str(place),
            next=say("Give `--out` another file, or remove this one if nothing was run by it"),
        )
    held: dict[str, Any] = json.loads(place.read_bytes())
    return held
