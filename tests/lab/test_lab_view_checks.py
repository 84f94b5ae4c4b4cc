"""A recipe with several views: a stream that one of them can read is enough, one that none can is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shisaku.core.sample import Kind
from shisaku.errors import RecipeError
from shisaku.lab.resolve import resolve
from shisaku.registry.check import findings_in
from shisaku.registry.dump import dump_recipe, without_lines
from shisaku.registry.load import parse_recipe

RECIPE = """
schema: 1
name: two
data: {reader: folder, with: {path: .}}
select: {task: {role: task}}
steps:
  - {name: said, op: audio.speak, from: task, with: {text: caption, write: speech, carry: [caption]}}
studies:
  - name: views
    label: class
    real: task
    feature: {op: image.embed}
    views: {caption: {op: text.embed}, speech: {op: audio.embed, with: {audio: speech}}}
    learner: {name: fusion, how: late}
    meter: true
    domains: [{name: clean, kind: resplit}, {name: blind, kind: resplit, spoil: {feature: missing}}]
    primary: clean
    arms:
      - {name: picture, views: [feature]}
      - {name: early, learner: {name: fusion, how: early}}
      - {name: said, add: said}
    comparators: [picture]
    contrasts: [early, said]
"""


VIEWS = "    views: {caption: {op: text.embed}, speech: {op: audio.embed, with: {audio: speech}}}\n"


def told(text: str, parts: Mapping[str, Kind]) -> list[str]:
    """Return what is wrong with a recipe by itself, or else with its resolved form over these parts."""
    try:
        recipe = parse_recipe(text)
    except RecipeError as error:
        return [str(error)]
    return [str(finding.what) for finding in findings_in(resolve(recipe), parts)]


def test_a_view_that_cannot_read_a_stream_is_no_fault_while_another_can() -> None:
    assert told(RECIPE, {"image": "image", "caption": "text"}) == []


def test_a_stream_that_no_view_can_read_is_told() -> None:
    found = told(RECIPE, {"caption": "text", "clip": "video"})
    assert found == []  # pictures are missing, but captions are there
    without = RECIPE.replace("views: {caption: {op: text.embed}, speech", "views: {speech")
    assert any("image" in what and "task" in what for what in told(without, {"caption": "text"}))


def test_without_views_the_feature_must_read_every_stream() -> None:
    alone = RECIPE.replace(
        "    views: {caption: {op: text.embed}, speech: {op: audio.embed, with: {audio: speech}}}\n", ""
    )
    alone = alone.replace(", spoil: {feature: missing}", "").replace(", views: [feature]", "")
    assert any("image" in what for what in told(alone, {"caption": "text"}))


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("learner: {name: fusion, how: early}", "learner: {how: early}", "needs a name"),
        ("learner: {name: fusion, how: early}", "learner: {name: fusoin}", "fusoin"),
        ("learner: {name: fusion, how: early}", "learner: {name: fusion, how: 3}", ""),
        ("caption: {op: text.embed}", "caption: {op: text.reword}", "embedding"),
    ],
)
def test_wrong_learners_of_arms_and_views_that_write_no_embedding(was: str, now: str, said: str) -> None:
    found = told(RECIPE.replace(was, now), {"image": "image", "caption": "text"})
    assert found
    assert any(said in what for what in found)


def test_arms_learners_and_the_meter_survive_yaml() -> None:
    recipe = parse_recipe(RECIPE)
    early: Any = recipe.studies[0].arms[1]
    assert early.learner == {"name": "fusion", "how": "early"}
    assert recipe.studies[0].meter
    assert without_lines(parse_recipe(dump_recipe(recipe))) == without_lines(recipe)
