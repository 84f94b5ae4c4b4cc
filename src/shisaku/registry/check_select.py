"""Check selections: those by what an earlier study got wrong name the study."""

from __future__ import annotations

from collections.abc import Iterator

from shisaku.core.recipe import Recipe
from shisaku.message import say
from shisaku.registry.finding import Finding
from shisaku.registry.streams import STUDY, WRONG_IN


def select_findings(recipe: Recipe) -> Iterator[Finding]:
    """Yield everything wrong with the selections of a recipe."""
    for name, facts in recipe.select.items():
        if WRONG_IN in facts and not (facts[WRONG_IN] and facts.get(STUDY)):
            what = say("A selection by `wrong_in` needs the folder of a run and the name of its study")
            yield Finding(("select", name), what, say("write `{{wrong_in: runs/first, study: NAME}}`"))
