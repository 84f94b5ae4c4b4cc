"""Two rounds on digits: right as they stand, honest controls of equal size, and a label on the second look."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from shisaku.api import run
from shisaku.core.recipe import Recipe
from shisaku.errors import RecipeError
from shisaku.lab.controls import gates
from shisaku.lab.resolve import resolve
from shisaku.registry.check import check_recipe
from shisaku.registry.load import load_recipe
from shisaku.store.run import Run

FOLDER = Path(__file__).parents[2] / "examples" / "feedback"
FIRST, AGAIN = FOLDER / "recipe.yaml", FOLDER / "again.yaml"
IMAGE = {"image": "image"}


@pytest.mark.parametrize("path", [FIRST, AGAIN])
def test_the_recipes_have_no_problem(path: Path) -> None:
    recipe = load_recipe(path)
    check_recipe(recipe, IMAGE)  # type: ignore[arg-type]
    check_recipe(resolve(recipe), IMAGE)  # type: ignore[arg-type]


def test_what_is_hard_is_compared_with_as_many_at_random() -> None:
    recipe: Recipe = load_recipe(FIRST)
    steps = {step.name: step for step in recipe.steps}
    hard, dice = steps["hard_children"], steps["random_children"]
    assert (hard.source, dice.source) == (("hard",), ("hard.random",))
    assert (hard.op, hard.params, hard.rounds) == (dice.op, dice.params, dice.rounds)
    once, each = resolve(recipe).studies
    assert once.against == {"hard": "random"}
    assert gates(each) == [("hard", "hard_random")]


def test_seeds_that_the_second_study_would_test_are_refused(tmp_path: Path) -> None:
    text = FIRST.read_text().replace("add: children, keep: {metric: dataset.student_errors, bottom: 0.3}", "add: HARD")
    (tmp_path / "recipe.yaml").write_text(text.replace("HARD", "hard_children"))
    with pytest.raises(RecipeError, match="1 problem"):
        load_recipe(tmp_path / "recipe.yaml")


@pytest.mark.slow
@pytest.mark.weights
def test_both_rounds_run_and_the_second_says_that_it_is_a_second_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    runpy.run_path(str(FOLDER / "make_data.py"))["make"](tmp_path / "data", train=6, test=4)
    for path in (FIRST, AGAIN):
        text = path.read_text().replace("rounds: 3", "rounds: 1").replace("rounds: 8", "rounds: 1")
        text = text.replace("splits: 12", "splits: 3").replace("../../runs/first", "first")
        (tmp_path / path.name).write_text(text)
    first = Run.open(run(tmp_path / FIRST.name, out=tmp_path / "first").path)
    sizes = {name: len(first.stream(name)) for name in ("hard", "hard.random", "hard_children", "random_children")}
    assert sizes == dict.fromkeys(sizes, 18)
    assert not set(first.stream("hard").ids()) & set(first.stream("held_out").ids())
    second = Run.open(run(tmp_path / AGAIN.name, out=tmp_path / "second").path)
    (told,) = second.read_json("studies")
    assert "looked at" in told["headline"]["template"]
    assert set(second.stream("wrong").ids()) < set(second.stream("learn").ids())
