"""`measure`: what was made beside what is real; copies and wrong labels are stopped however good they look."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from api_material import class_folder, flat_folder

from shisaku.api import measure, run
from shisaku.errors import DataError, RecipeError
from shisaku.store.run import Run

RECIPE = """
schema: 1
name: small
seed: 1
data: {reader: folder, with: {path: photos, licence: own}}
steps:
  - {name: varied, op: image.classical, from: data, rounds: 2}
  - {name: again, op: image.classical, from: kept}
  - {name: quality, op: image.visual_quality, from: varied}
keep:
  - {name: kept, of: varied, rules: [{metric: quality, top: 0.9}]}
"""
STUDY = """
gate: [{judge: quality, issues: ALLOWED}]
studies:
  - name: s
    label: class
    real: data
    feature: {op: image.embed}
    splits: 2
    domains: [{name: own, kind: resplit}]
    primary: own
    arms: [{name: real}, {name: made, add: BATCH}]
    contrasts: [made]
"""


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cooked(tmp_path_factory.mktemp("small"))


def cooked(folder: Path, text: str = RECIPE) -> Path:
    class_folder(folder / "photos", each=8)
    (folder / "r.yaml").write_text(text)
    return run(folder / "r.yaml", out=folder / "run").path


def beside(folder: Path, made: Path) -> dict[str, Any]:
    found = measure(made, against=folder / "photos", out=folder / "run")
    bundle: dict[str, Any] = found["batches"]["made"]
    return bundle


@pytest.mark.weights
def test_every_batch_of_a_run_has_its_bundle_and_the_same_hash_again(place: Path) -> None:
    once, again = measure(place), measure(place)
    assert list(once["batches"]) == ["varied", "again"]
    for name, bundle in once["batches"].items():
        assert bundle["sha256"] == again["batches"][name]["sha256"]
        written = json.loads((place / "evidence" / name / "bundle.json").read_bytes())
        assert written["sha256"] == bundle["sha256"]
        assert Run.open(place).read_json("run")["batches"][name]["state"] == bundle["state"] == "passed"
    varied = once["batches"]["varied"]
    assert varied["items"]["quality"]["step"] == "quality"  # the recipe's own step, not a second one
    assert len(varied["items"]["near_copy_image"]["scores"]) == varied["made"] == 32
    assert varied["items"]["near_copy_image"]["extractor"] == "image.embed (efficientnet-lite0)"
    assert all({"n", "extractor", "low", "high"} <= set(row) for row in varied["sets"])
    assert [(row["by"], row["n"]) for row in varied["drops"] if row["step"] == "kept"] == [("keep", 3)]
    assert again["page"] == str(place / "evidence" / "report.html")
    assert "evidence/report.html" in (place / "report.html").read_text(encoding="utf-8")


@pytest.mark.weights
def test_marks_move_thresholds_and_no_score(place: Path, tmp_path: Path) -> None:
    before = measure(place)["batches"]["varied"]
    assert before["items"]["quality"]["learnt"] is None, "16 real samples are too few"
    ids = sorted(before["items"]["quality"]["scores"])
    said = "".join(f"{id_},{'no' if n % 4 else 'yes'},anna\n" for n, id_ in enumerate(ids))
    (tmp_path / "m.csv").write_text(f"sample,ok,by\n{said}")
    after = measure(place, marks=tmp_path / "m.csv")["batches"]["varied"]
    assert after["marks"] == len(ids)
    assert after["sha256"] != before["sha256"]
    for name, item in after["items"].items():
        assert item["scores_sha256"] == before["items"][name]["scores_sha256"]
    page = (place / "evidence/report.html").read_text("utf-8")
    assert "Threshold learnt" in page
    (tmp_path / "m.csv").write_text("sample,ok\nnobody,yes\n")
    with pytest.raises(DataError, match="nobody"):
        measure(place, marks=tmp_path / "m.csv")


@pytest.mark.weights
def test_nothing_that_the_run_cooked_is_cooked_again(place: Path) -> None:
    measure(place)
    judged = next((place / "work").glob("judged-*"))
    rows = {row["step"]: row for row in Run.open(judged).read_rows("timings")}
    for step in ("varied", "quality", "again"):
        assert rows[step]["cached"] == rows[step]["items"] > 0


@pytest.mark.weights
def test_a_chain_says_what_each_hop_loses_and_beside_an_earlier_run(place: Path) -> None:
    (chain,) = measure(place)["drift"]
    assert chain["hops"] == ["data", "varied", "again"]
    told = {(meter, row["hop"]): row for meter, held in chain["meters"].items() for row in held["losses"]}
    assert told["meaning", "varied"]["before"] == 1.0
    assert told["meaning", "varied"]["n"] == 16
    assert ("label", "again") in told
    (worse,) = measure(place, against=place)["drift"]
    assert worse["compared"]
    changes = [row["loss"] for held in worse["meters"].values() for row in held["losses"]]
    assert changes == pytest.approx([0.0] * len(changes), abs=1e-5)


@pytest.mark.weights
def test_copies_are_stopped(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "photos", each=6)
    bundle = beside(tmp_path, Path(shutil.copytree(photos, tmp_path / "copies")))
    assert bundle["items"]["exact_copy_image"]["issues"] == 12
    assert bundle["state"] == "stopped"
    assert "12 of 12 items" in (tmp_path / "run" / "evidence" / "report.html").read_text(encoding="utf-8")
    assert "exact_copy_image" in bundle["stopped_by"][0]["text"]


@pytest.mark.weights
def test_what_looks_good_but_has_wrong_labels_is_stopped(tmp_path: Path) -> None:
    class_folder(tmp_path / "photos", each=20)
    good = class_folder(tmp_path / "good", each=20, seed=7)
    wrong = tmp_path / "wrong"
    for label, other in (("stripes", "blots"), ("blots", "stripes")):
        shutil.copytree(good / label, wrong / other)
    right = measure(good, against=tmp_path / "photos", out=tmp_path / "right")["batches"]["made"]
    bad = measure(wrong, against=tmp_path / "photos", out=tmp_path / "bad")["batches"]["made"]
    assert right["items"]["quality"]["median"] == bad["items"]["quality"]["median"] > 0.8
    assert right["state"] == "passed"
    assert bad["state"] == "stopped"
    assert "support_image" in bad["stopped_by"][0]["text"]


@pytest.mark.weights
def test_without_real_data_it_judges_what_needs_none_and_says_so(tmp_path: Path) -> None:
    bundle = measure(flat_folder(tmp_path / "flat"), out=tmp_path / "run")["batches"]["made"]
    assert {"quality", "repeated_image"} <= set(bundle["items"])
    assert any("No real samples to compare" in row["text"] for row in bundle["not_judged_by"])


@pytest.mark.weights
@pytest.mark.parametrize(
    ("batch", "allowed", "why"), [("varied", "0.5", ""), ("varied", "0.0", "stopped"), ("again", "0.5", "")]
)
def test_a_study_refuses_what_the_gate_stopped_and_asks_about_what_nothing_measured(
    tmp_path: Path, batch: str, allowed: str, why: str
) -> None:
    text = RECIPE.replace("from: varied}", "from: varied, with: {issue_below: 0.999}}")
    cooked(tmp_path, text + STUDY.replace("BATCH", batch).replace("ALLOWED", allowed))
    (study,) = Run.open(tmp_path / "run").read_json("studies")
    assert ("nothing was trained" in json.dumps(study["headline"])) is bool(why)
    assert why in json.dumps(study["alarms"])


def test_what_cannot_be_measured_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        measure(tmp_path / "absent")
    place = Run.create(tmp_path / "run", recipe_text=RECIPE.split("steps:")[0], recipe_fingerprint="x")
    place.finish("done")
    with pytest.raises(RecipeError, match="Nothing was made"):
        measure(tmp_path / "run")
    with pytest.raises(RecipeError, match="A run knows"):
        measure(tmp_path / "run", against=tmp_path)
