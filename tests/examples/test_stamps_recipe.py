"""The recipe of the stamps: it is right as it stands, and what it promises in words is what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from shisaku.core.recipe import Recipe
from shisaku.core.study_spec import StudySpec
from shisaku.lab.resolve import resolve
from shisaku.registry.check import check_recipe
from shisaku.registry.load import load_recipe

RECIPE = Path(__file__).parents[2] / "examples" / "stamps" / "recipe.yaml"


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return load_recipe(RECIPE)


@pytest.fixture(scope="module")
def study(recipe: Recipe) -> StudySpec:
    return recipe.studies[0]


def test_has_no_problem_before_and_after_it_is_resolved(recipe: Recipe) -> None:
    check_recipe(recipe, None)
    check_recipe(resolve(recipe), None)


def test_test_backgrounds_serve_the_test_alone(recipe: Recipe, study: StudySpec) -> None:
    pools = {step.name: step.pool for step in recipe.steps if step.pool}
    assert pools == {
        "composite": "backgrounds_train",
        "clutter": "backgrounds_test",
        "clutter_validation": "backgrounds_validation",
    }
    assert not {"clutter", "clutter_validation"} & {arm.add for arm in study.arms}


def test_external_pictures_feed_no_step_that_makes_anything(recipe: Recipe) -> None:
    assert not {"photo", "cartoon"} & {source for step in recipe.steps for source in step.source}


def test_gates_stand_beside_a_random_drop_of_equal_size(study: StudySpec) -> None:
    arms = {arm.name: arm for arm in study.arms}
    gate, control = arms["gated"].keep, arms["gated_random"]
    assert gate is not None
    assert gate.top == control.random_keep
    assert arms["composite_kept_random"].add == arms["composite_kept"].add + ".random"


def test_zero_shot_has_a_text_for_every_class(study: StudySpec) -> None:
    from shisaku_stamps.lists import class_map

    texts = next(arm.scores for arm in study.arms if arm.scores).params["texts"]
    assert set(texts) == set(class_map().classes)


def test_says_what_it_is(study: StudySpec) -> None:
    assert study.splits >= 20
    assert study.looks_taken > 0
    assert study.looks_note
    assert study.kpi.illustrative
    assert study.primary in {domain.name for domain in study.domains}
