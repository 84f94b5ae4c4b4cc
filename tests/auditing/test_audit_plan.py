"""From detectors to a recipe: every part gets the detectors that can read it, and thresholds stand in the recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from shisaku.auditing.detector import Detector, detectors, up_to
from shisaku.auditing.plan import Contents, audit_recipe
from shisaku.core.metric import Metric
from shisaku.core.recipe import Source
from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.registry.dump import dump_recipe
from shisaku.registry.load import parse_recipe
from shisaku.registry.make import make_op

DATA = Source("folder", {"path": "x"})
QUALITY = Detector("quality", "image.visual_quality", "quick", params={"issue_below": 0.3})
FEATURES = Detector("features", "image.embed", view=True)
COPY = Detector("copy", "dataset.near_copy", of="features")
NO_THRESHOLDS = {"seed", "draws"}  # read when judging, but nobody would tune them
WORDS = Detector("words", "text.similarity", params={"text": "a", "other": "b"})


def contents(**parts: str) -> Contents:
    return Contents(parts)  # type: ignore[arg-type]


def test_one_part_keeps_the_name_and_several_get_their_own() -> None:
    one = audit_recipe("a", DATA, [QUALITY], contents(photo="image"))
    assert [(step.name, step.params) for step in one.steps] == [("quality", {"issue_below": 0.3, "image": "photo"})]
    two = audit_recipe("a", DATA, [QUALITY], contents(left="image", right="image", note="text"))
    assert [step.name for step in two.steps] == ["quality_left", "quality_right"]


def test_what_no_part_can_be_read_by_is_left_out() -> None:
    assert audit_recipe("a", DATA, [QUALITY], contents(note="text")).steps == ()


def test_a_view_stands_before_what_is_built_on_it_for_each_part() -> None:
    wanted = [Detector("odd", "dataset.label_agreement", of="features"), FEATURES]
    recipe = audit_recipe("a", DATA, wanted, Contents({"l": "image", "r": "image"}, labels=("class",), against=True))
    assert [(step.name, step.source) for step in recipe.steps] == [
        ("features_l", ("own",)),
        ("features_r", ("own",)),
        ("features_l_against", ("against",)),
        ("features_r_against", ("against",)),
        ("odd_l", ("features_l",)),
        ("odd_r", ("features_r",)),
    ]
    assert [step.reference for step in recipe.steps[-2:]] == ["features_l_against", "features_r_against"]


def test_what_needs_another_dataset_waits_for_one() -> None:
    wanted = [FEATURES, COPY]
    alone = audit_recipe("a", DATA, wanted, contents(photo="image"))
    assert alone.steps == ()
    beside = audit_recipe("a", DATA, wanted, Contents({"photo": "image"}, against=True))
    assert beside.select == {"own": {"role": "own"}, "against": {"role": "against"}}
    assert [step.name for step in beside.steps] == ["features", "features_against", "copy"]


def test_the_recipe_of_the_built_in_audit_survives_yaml_and_states_every_threshold() -> None:
    rich = Contents(
        {"image": "image", "caption": "text", "caption_ja": "text", "speech": "audio", "clip": "video", "row": "table"},
        {"caption": "en", "caption_ja": "ja", "speech": "en"},
        ("class",),
    )
    recipe = audit_recipe("a", DATA, up_to("deep", detectors()), rich)
    assert parse_recipe(dump_recipe(recipe)).steps
    for step in recipe.steps:
        op = make_op(step.op, step.params)
        if isinstance(op, Metric):
            told = set(step.params) | NO_THRESHOLDS
            unsaid = {name for name in op.thresholds - told if isinstance(getattr(op, name), int | float)}
            assert not unsaid, f"{step.name}: {unsaid} stand in code alone"


def test_levels_hold_each_other() -> None:
    every = detectors()
    sizes = [{one.name for one in up_to(level, every)} for level in ("quick", "standard", "deep")]  # type: ignore[arg-type]
    assert sizes[0] < sizes[1] < sizes[2]
    quick = [one for one in every if one.name in sizes[0]]
    assert not any(one.of or one.view for one in quick)


def test_views_that_nobody_needs_are_not_cooked() -> None:
    assert up_to("deep", [FEATURES, QUALITY]) == [QUALITY]


def test_a_profile_changes_adds_and_takes_out(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    name = next(one.name for one in detectors() if one.level == "quick" and one.params)
    file.write_text(
        f"detectors:\n  - {{name: {name}, level: deep, fix: drop}}\n"
        "  - {name: mine, op: image.visual_quality, params: {issue_below: 0.9}}\n"
        "  - {name: mine2, op: image.visual_quality}\n  - {name: mine2, off: true}\n"
    )
    found = {one.name: one for one in detectors(file)}
    before = {one.name: one for one in detectors()}
    assert (found[name].level, found[name].fix, found[name].params) == ("deep", "drop", before[name].params)
    assert found["mine"].params == {"issue_below": 0.9}
    assert "mine2" not in found


@pytest.mark.parametrize(
    "text",
    [
        "detectors: 3\n",
        "nothing: here\n",
        "detectors:\n  - {op: image.blur}\n",
        "detectors:\n  - {name: a}\n",
        "detectors:\n  - {name: a, op: b, colour: red}\n",
        "detectors:\n  - {name: a, op: b, level: thorough}\n",
        "detectors:\n  - {name: a, op: b, fix: burn}\n",
        "- a\n",
        "detectors: &a [*a]\n",
    ],
)
def test_a_profile_that_is_none_is_refused_in_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(RecipeError):
        detectors(file)


def test_a_profile_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        detectors(tmp_path / "none.yaml")


def test_contents_of_samples() -> None:
    samples = [
        Sample("a", {"t": Part.from_text("x", "en-GB"), "s": Part("audio", b"", lang="fr")}, {"class": "1"}),
        Sample("b", {"t": Part.from_text("y", "en"), "s": Part("audio", b"", lang="ru")}, {"size": "2"}),
        Sample("c", {"z": Part.from_text("y", "ja")}, facts={"role": "against"}),
    ]
    found = Contents.of(samples, against=True)
    assert dict(found.parts) == {"t": "text", "s": "audio"}
    assert dict(found.langs) == {"t": "en"}
    assert found.labels == ("class", "size")


def test_a_view_is_left_out_where_what_is_built_on_it_does_not_fit() -> None:
    seen = Detector("seen", "text.embed", view=True, params={"model": "char_ngrams"})
    alike = Detector("alike", "dataset.label_agreement", of="seen", langs=("en",))
    recipe = audit_recipe("a", DATA, [seen, alike], Contents({"t": "text"}, {"t": "ja"}, ("class",)))
    assert recipe.steps == ()
