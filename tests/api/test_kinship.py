"""A judge of the generator's family is named in the run's notes."""

from __future__ import annotations

from shisaku.api.kinship import related_judges
from shisaku.core.recipe import Recipe, Source, Step


def recipe(*ops: str) -> Recipe:
    steps = tuple(Step(f"s{i}", op, ("data",)) for i, op in enumerate(ops))
    return Recipe("r", Source("folder"), steps=steps)


def test_a_caption_judged_by_its_own_network_is_noted() -> None:
    (note,) = related_judges(recipe("pairs.caption", "pairs.alignment"))
    assert "pairs.caption" in str(note)


def test_an_independent_judge_is_not() -> None:
    assert not list(related_judges(recipe("image.composite", "image.visual_quality")))
