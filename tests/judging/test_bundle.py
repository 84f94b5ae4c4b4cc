"""A bundle of evidence: the same evidence has the same hash, and a gate stops what is shown to be bad."""

from __future__ import annotations

from typing import Any

import pytest

from shisaku.core.finding import Finding
from shisaku.core.recipe import Gate, Recipe, Source, Step
from shisaku.errors import RecipeError
from shisaku.judging.batch import Batch
from shisaku.judging.bundle import Tables, bundle_of, sealed, sheet
from shisaku.judging.docs import limits_of
from shisaku.judging.gate import stopped
from shisaku.judging.seats import Judge
from shisaku.message import say
from shisaku.registry.dump import dump_recipe
from shisaku.registry.load import parse_recipe

STEPS = (
    Step("seen", "image.embed", ("made",)),
    Step("made.copies", "dataset.near_copy", ("seen",), reference="seen"),
    Step("made.labels", "dataset.label_support", ("seen",), reference="seen"),
)
RECIPE = Recipe("r", Source("folder", {"path": "x"}), seed=3, steps=STEPS)
JUDGES = [
    Judge("copies", "made.copies", "dataset.near_copy", "seen", "real.copies"),
    Judge("labels", "made.labels", "dataset.label_support", "seen", "real.labels"),
]
IDS = [f"m{i:03}" for i in range(200)]


def rows(step: str, ids: list[str], issues: int) -> list[dict[str, Any]]:
    return [
        {"step": step, "sample": id_, "value": 0.1 if i < issues else 0.9, "issue": i < issues, "reason_json": ""}
        for i, id_ in enumerate(ids)
    ]


def bundle(copies: int = 0, wrong: int = 10, backwards: bool = False) -> dict[str, Any]:
    others = [f"r{i}" for i in range(200)]
    real = [*rows("real.labels", others, 10), *rows("real.copies", others, 0)]
    scores = [*rows("made.copies", IDS, copies), *rows("made.labels", IDS, wrong), *real]
    found = Finding("share", say("x"), "note", 0.5, 0.4, 0.6, 200)
    findings = [{"step": "made.copies", "op": "dataset.near_copy", **found.to_json()}]
    tables = Tables.of(scores[::-1] if backwards else scores, findings)
    ids = IDS[::-1] if backwards else IDS
    return bundle_of(Batch("made", ("task",), {}, {}), JUDGES, RECIPE, tables, ids, run="f", drops=(), told=())


def test_the_same_evidence_has_the_same_hash_in_any_order() -> None:
    one = sealed(bundle())
    assert one["sha256"] == sealed(bundle(backwards=True))["sha256"] == sealed(one)["sha256"]
    assert one["sha256"] != sealed(bundle(copies=1))["sha256"]


def test_it_holds_items_sets_extractors_limits_and_a_sheet() -> None:
    held = bundle(copies=20)
    assert held["items"]["copies"]["extractor"] == "image.embed (efficientnet-lite0)"
    assert (held["items"]["copies"]["issues"], held["items"]["copies"]["share"]) == (20, 0.1)
    assert held["items"]["labels"]["real"]["issues"] == 10
    assert held["items"]["labels"]["of_one_family_with"] == ["image.embed"]
    (row,) = held["sets"]
    assert (row["name"], row["value"], row["low"], row["high"], row["n"]) == ("share", 0.5, 0.4, 0.6, 200)
    assert held["limits"]["dataset.near_copy"]["finds"].startswith("memorised or copied items")
    assert set(held["sheet"]["worst"]) <= set(IDS[:20])
    assert len(held["sheet"]["random"]) == 12


def test_limits_are_read_from_the_op_itself() -> None:
    told = limits_of("image.visual_quality")
    assert told["finds"].startswith("black, white")
    assert told["hurts"].startswith("drawings")
    assert "Example" not in told["hurts"]


def test_the_sheet_draws_by_seed_and_not_by_order() -> None:
    drawn = sheet(IDS, [], 1, "made")["random"]
    assert drawn == sheet(IDS[::-1], [], 1, "made")["random"] != sheet(IDS, [], 2, "made")["random"]


@pytest.mark.parametrize(
    ("held", "stops"),
    [
        (bundle(), 0),
        (bundle(copies=12), 0),  # 6 %, shown to be 3 % only
        (bundle(copies=40), 1),
        (bundle(wrong=20), 0),
        (bundle(wrong=100), 1),
    ],
    ids=["clean", "few copies", "copies", "as real", "wrong labels"],
)
def test_the_default_gate_stops_what_is_shown(held: dict[str, Any], stops: int) -> None:
    assert len(stopped(held, ())) == stops


@pytest.mark.parametrize(
    ("gate", "stops"),
    [
        (Gate("copies", issues=0.5), False),
        (Gate("made.copies", issues=0.0), True),
        (Gate("share", most=0.3), True),
        (Gate("share", most=0.45), False),
        (Gate("dataset.near_copy", least=0.7), True),
        (Gate("share", least=0.5), False),
    ],
)
def test_a_recipe_says_its_own_gate_by_judge_step_or_op(gate: Gate, stops: bool) -> None:
    assert bool(stopped(bundle(copies=20), (gate,))) is stops


def test_a_gate_is_part_of_the_recipe_and_asks_one_thing() -> None:
    text = "schema: 1\nname: x\ndata: {reader: folder, with: {path: .}}\ngate: [{judge: copies, issues: 0.1}]\n"
    recipe = parse_recipe(text)
    assert recipe.gate == (Gate("copies", issues=0.1),)
    assert parse_recipe(dump_recipe(recipe)) == recipe
    with pytest.raises(RecipeError, match="A gate needs one of"):
        parse_recipe(text.replace("issues: 0.1", "issues: 0.1, most: 2.0"))
