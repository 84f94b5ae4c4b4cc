"""A study refuses what the gate stops: batches that no step of the recipe measured are judged before it trains."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from api_material import class_folder, text_table
from PIL import Image

from shisaku.api import measure, run
from shisaku.api.quarantine import batches, brought, trained_on
from shisaku.registry.load import parse_recipe
from shisaku.store.run import Run

STUDY = """
studies:
  - name: s
    label: class
    real: real
    feature: {op: image.embed}
    splits: 2
    domains: [{name: own, kind: resplit}]
    primary: own
    arms: [{name: real}, {name: made, ARM}]
    contrasts: [made]
"""
BROUGHT = """
schema: 1
name: brought
seed: 1
data: {reader: pair, with: {real: photos, synthetic: made, label: class}}
select: {real: {role: real}, good: {role: synthetic}}
steps:
  - {name: children, op: image.classical, from: real, rounds: 2}
"""
AGREEMENT = "gate: [{judge: dataset.label_agreement, above_real: 0.2}]\n"


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))


def studied(folder: Path, arm: str, extra: str = "") -> Run:
    (folder / "r.yaml").write_text(BROUGHT + extra + STUDY.replace("ARM", arm))
    return Run.open(run(folder / "r.yaml", out=folder / "run", accept_licence="made by this test").path)


def bundle(found: Run, batch: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((found.path / "evidence" / batch / "bundle.json").read_bytes())
    return held


def test_what_a_study_trains_on_is_a_batch() -> None:
    rows = parse_recipe(BROUGHT + STUDY.replace("ARM", "rows: good"))
    assert brought(rows) == trained_on(rows.studies[0], rows) == ["good"]
    assert batches(rows)["good"]["state"] == "quarantine"
    children = parse_recipe(BROUGHT + STUDY.replace("ARM", "add: children"))
    assert brought(children) == []
    assert trained_on(children.studies[0], children) == ["children"]


@pytest.mark.weights
@pytest.mark.parametrize("wrong", [False, True])
def test_what_looks_good_and_bears_wrong_labels_is_refused(tmp_path: Path, wrong: bool) -> None:
    class_folder(tmp_path / "photos", each=20)
    good = class_folder(tmp_path / "good", each=20, seed=7)
    for label, other in (("stripes", "blots"), ("blots", "stripes")):
        shutil.copytree(good / label, tmp_path / "made" / (other if wrong else label))
    quality = "  - {name: looks, op: image.visual_quality, from: children}\n"
    found = studied(tmp_path, "rows: good", quality)
    (study,) = found.read_json("studies")
    held = bundle(found, "good")
    assert found.read_json("run")["batches"]["good"]["state"] == held["state"] == ("stopped" if wrong else "passed")
    assert ("nothing was trained" in json.dumps(study["headline"])) is wrong
    assert ("The gate stopped good" in json.dumps(study["alarms"])) is wrong
    if wrong:
        assert study["overall"] == "ABSTAIN"
        assert not found.read_rows("arm_scores")


@pytest.mark.weights
@pytest.mark.parametrize(("gate", "state"), [("", "passed"), (AGREEMENT, "stopped")], ids=["default", "agreement"])
def test_a_style_that_the_real_data_lack_is_no_wrong_label(tmp_path: Path, gate: str, state: str) -> None:
    """What is made lies behind blinds: who saw real pictures alone calls blots stripes, and the labels are right."""
    class_folder(tmp_path / "photos", each=30)
    class_folder(tmp_path / "made", each=30, seed=7)
    for path in (tmp_path / "made").rglob("*.png"):
        pixels = np.array(Image.open(path))
        pixels[:, np.arange(pixels.shape[1]) % 6 >= 3] = 0
        Image.fromarray(pixels).save(path)
    found = studied(tmp_path, "rows: good", gate)
    assert bundle(found, "good")["state"] == state
    assert bool(found.read_rows("arm_scores")) is (state == "passed")


@pytest.mark.weights
def test_children_that_nothing_measured_are_judged_and_then_trained_on(tmp_path: Path) -> None:
    class_folder(tmp_path / "photos", each=10)
    class_folder(tmp_path / "made", each=4, seed=3)
    found = studied(tmp_path, "add: children")
    held = bundle(found, "children")
    assert {"exact_copy_image", "near_copy_image", "support_image"} <= set(held["items"])
    assert held["state"] == "passed"
    told = found.read_json("run")
    assert told["batches"]["children"]["state"] == "passed"
    assert "In quarantine" not in json.dumps(told["notes"])
    assert found.read_rows("arm_scores")
    assert not (found.path / "evidence" / "good").exists(), "no arm trains on it"


def test_metrics_of_the_recipe_judge_its_batches_too() -> None:
    from shisaku.api.quarantine import own_judges
    from shisaku.judging.seats import Judge

    steps = "  - {name: looks, op: image.visual_quality, from: children}\n"
    steps += "  - {name: flat, op: image.information, from: children}\n"
    recipe = parse_recipe(BROUGHT + steps)
    seated = [Judge("quality", "looks", "image.visual_quality")]
    assert own_judges(recipe, "children", seated) == [Judge("flat", "flat", "image.information")]


@pytest.mark.weights
@pytest.mark.parametrize("allowed", [0.0, 1.0])
def test_a_gate_of_the_recipe_is_asked_whatever_the_recipe_measures(tmp_path: Path, allowed: float) -> None:
    class_folder(tmp_path / "photos", each=20)
    shutil.copytree(tmp_path / "photos", tmp_path / "made")
    gate = f"gate: [{{judge: exact_copy_image, issues: {allowed}}}]\n"
    found = studied(tmp_path, "rows: good", "  - {name: looks, op: image.visual_quality, from: good}\n" + gate)
    held = bundle(found, "good")
    assert held["items"]["exact_copy_image"]["issues"] == 40
    assert "looks" in held["items"], "the recipe's own Metric is in the evidence too"
    assert ("The gate stopped good" in json.dumps(found.read_json("studies")[0]["alarms"])) is (allowed == 0.0)


@pytest.mark.weights
def test_texts_of_another_name_are_compared_with_the_real_ones(tmp_path: Path) -> None:
    made = text_table(tmp_path / "made.csv", each=40)
    real = text_table(tmp_path / "real.csv", each=40)
    words = real.read_text(encoding="utf-8").replace("text,label", "caption,label").replace("apple", "melon")
    real.write_text(words, encoding="utf-8")
    found = measure(made, against=real, out=tmp_path / "run")["batches"]["made"]
    assert {"exact_copy_text", "word_alike"} <= set(found["items"])
    assert found["items"]["exact_copy_text"]["real"]["n"] == 80
    assert {"self_bleu", "distinct_n", "text_gap"} <= {row["judge"] for row in found["sets"]}
