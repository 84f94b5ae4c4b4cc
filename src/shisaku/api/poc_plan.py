"""Plan a proof of concept from a one-page form, and write the plan down as data and as a page."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shisaku.core.poc_form import PocForm

PLAN, PAGE = ".plan.json", ".plan.html"


def is_poc_form(path: str | Path) -> bool:
    """Whether a file is a form for a proof of concept (a key `poc` at the top), and not a recipe."""
    from shisaku.registry.poc_load import is_form

    return is_form(path)


def poc_form(lang: str = "en") -> str:
    """Return an empty form with a comment beside every entry, in English or Japanese (``ja``)."""
    from shisaku.report.poc_blank import blank_form
    from shisaku.report.translate import known

    return blank_form(known(lang))


def plan_poc(
    form: str | Path,
    *,
    out: str | Path | None = None,
    today: date | None = None,
    seed: int = 0,
    worlds: int = 10_000,
) -> dict[str, Any]:
    """Plan the proof of concept that a form describes, and write the plan beside it (or as `out` names it).

    Returns the document of ``FORM.plan.json`` with `file` and `page`, the same for people in one HTML file. The chance
    of ADOPT, the least spend and what going on is worth are simulated in `worlds` worlds drawn from the form's ranges;
    the same `seed` gives the same figures. `today` bounds the deadline. An earlier plan there is replaced: what binds
    is the plan that ``shisaku plan RECIPE`` freezes. Raises RecipeError, with all that is wrong with the form or
    missing for a plan, and MachineError.
    """
    from shisaku.lab.poc.plan import plan_of
    from shisaku.registry.poc_load import load_form
    from shisaku.report.poc import write_poc_page
    from shisaku.store.atomic import write_bytes

    source = Path(form)
    day = today or datetime.now(UTC).date()
    read = load_form(source, day)
    plan = plan_of(read, day, seed=seed, worlds=worlds)
    document = json.loads(json.dumps(_told(read, plan, source), ensure_ascii=False, allow_nan=False))
    place = Path(out) if out is not None else source.with_suffix(PLAN)
    page = place.with_name(place.name.removesuffix(".json").removesuffix(".plan") + PAGE)
    write_bytes(place, (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode())
    write_poc_page(document, page)
    return {**document, "file": str(place), "page": str(page)}


def _told(form: PocForm, plan: dict[str, Any], source: Path) -> dict[str, Any]:
    """Return the plan with the form it is of, its sentences, and the studies of a recipe to begin with."""
    from shisaku.api.poc_study import starter_recipe, studies_block
    from shisaku.lab.poc.lines import plan_lines
    from shisaku.registry.yaml_tree import compose

    block = studies_block(starter_recipe(form, plan))
    return {
        **plan,
        "form": compose(source.read_bytes(), str(source)).plain(),
        "lines": [line.with_text() for line in plan_lines(plan)],
        "studies": compose(block).plain()["studies"],
        "recipe": block,
    }
