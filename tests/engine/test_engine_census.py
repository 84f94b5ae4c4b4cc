"""Selections and previews."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pure_ops
import pytest

from shisaku.core.recipe import ROOT, Recipe, Source, Step
from shisaku.core.sample import Part, Sample
from shisaku.engine.census import PREVIEW_LABELS, selections, take_census
from shisaku.errors import DataError

TASKS = pure_ops.numbers(10, role="task")
SCENES = [
    replace(s, id=f"b{s.id}", labels={}, facts={"role": "scene", "half": "ab"[i % 2]}) for i, s in enumerate(TASKS)
]
RECIPE = Recipe(
    "r", Source("nowhere"), select={"task": {"role": "task"}, "train": {"role": "scene", "half": "a"}}, steps=()
)


def test_selections_are_samples_with_all_these_facts() -> None:
    found = selections(RECIPE, take_census(reversed([*TASKS, *SCENES])))
    assert len(found[ROOT]) == 20
    assert found["task"] == tuple(s.id for s in TASKS)
    assert found["train"] == tuple(s.id for s in SCENES[::2])


def test_an_empty_selection_is_named_with_what_there_is() -> None:
    recipe = replace(RECIPE, select={"tusk": {"role": "tusk"}})
    with pytest.raises(DataError) as caught:
        selections(recipe, take_census([*TASKS, *SCENES]))
    assert "tusk (role: tusk)" in str(caught.value)
    assert "role: scene, task" in str(caught.value)


def test_a_preview_takes_as_many_of_each_label_in_each_selection() -> None:
    census = take_census([*TASKS, *SCENES])
    found = selections(RECIPE, census, preview=2)
    assert Counter(census.labels[id_]["class"] for id_ in found["task"]) == {"even": 2, "odd": 2}
    assert len(found["train"]) == 2
    assert set(found[ROOT]) == {*found["task"], *found["train"]}
    assert found == selections(RECIPE, take_census([*SCENES, *TASKS]), preview=2)
    assert found != selections(replace(RECIPE, seed=1), census, preview=2)
    assert set(found["task"]) < set(selections(RECIPE, census, preview=3)["task"])


def test_a_preview_of_data_that_is_read_whole() -> None:
    recipe = replace(RECIPE, select={}, steps=(Step("grown", "pure.grow", (ROOT,)),))
    assert len(selections(recipe, take_census(TASKS), preview=3)[ROOT]) == 6
    assert len(selections(recipe, take_census(TASKS), preview=30)[ROOT]) == 10


def test_the_census_knows_the_parts() -> None:
    sample = replace(TASKS[0], id="x", parts={"image": Part("image", b"")})
    assert take_census([*TASKS, sample]).parts == {"number": "text", "image": "image"}


def test_of_many_labels_a_preview_keeps_the_same_dozen_everywhere() -> None:
    """Speech is made for the words that are also tested; a selection with none of them keeps a dozen of its own."""

    def words(role: str, some: range) -> list[Sample]:
        return [replace(TASKS[0], id=f"{role}{i}", labels={"word": f"w{i}"}, facts={"role": role}) for i in some]

    select = {role: {"role": role} for role in ("made", "tested", "strange")}
    everything = [*words("made", range(40)), *words("tested", range(40)), *words("strange", range(50, 70))]
    found = selections(replace(RECIPE, select=select), take_census(everything), preview=3)
    made, tested = ({id_.removeprefix(role) for id_ in found[role]} for role in ("made", "tested"))
    assert made == tested
    assert 0 < len(made) <= PREVIEW_LABELS
    assert 0 < len(found["strange"]) <= PREVIEW_LABELS
