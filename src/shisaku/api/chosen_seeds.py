"""Selections of what a study of an earlier run got wrong: pinned before the run, counted as a look by its studies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shisaku.core.recipe import Recipe
from shisaku.core.study_spec import StudySpec
from shisaku.registry.streams import LOOK, STUDY, WRONG_IN, ancestors, streams_of

if TYPE_CHECKING:
    from shisaku.lab.looks import Chooser


def pinned(recipe: Recipe, base: Path) -> Recipe:
    """Return `recipe` with every such selection naming the very study: another result there is another recipe.

    Raises DataError where the run or the study is not there.
    """
    return replace(recipe, select={name: _pinned(facts, base) for name, facts in recipe.select.items()})


def _pinned(facts: Mapping[str, str], base: Path) -> Mapping[str, str]:
    from shisaku.store.earlier import earlier

    if WRONG_IN not in facts:
        return facts
    folder = (base / Path(facts[WRONG_IN]).expanduser()).resolve()
    found = earlier(folder, facts[STUDY], facts.get(LOOK, ""))
    return {**facts, WRONG_IN: str(folder), LOOK: found.look}


def choosers(recipe: Recipe, spec: StudySpec) -> tuple[Chooser, ...]:
    """Return the earlier studies whose wrong items became seeds of what an arm of `spec` trains on."""
    from shisaku.lab.looks import Chooser
    from shisaku.store.earlier import earlier

    streams = streams_of(recipe)
    above = sorted({name for arm in spec.arms for name in ancestors(arm.stream, streams)})
    chosen = [recipe.select[name] for name in above if WRONG_IN in recipe.select.get(name, {})]
    found = (earlier(facts[WRONG_IN], facts[STUDY], facts.get(LOOK, "")) for facts in chosen)
    return tuple(Chooser(one.look, one.asked) for one in found)
