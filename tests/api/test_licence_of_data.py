"""A run refuses data whose licence denies its use, says how to go on, and keeps on record that somebody did."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from api_material import class_folder, flat_folder, text_table
from typer.testing import CliRunner

from shisaku.api import augment, init, run, validate
from shisaku.cli.app import app
from shisaku.errors import DataError, RecipeError
from shisaku.registry.load import load_recipe
from shisaku.store.places import weights_dir
from shisaku.store.run import Run

RECIPE = """\
name: texts
data: {{reader: table, with: {{path: "{path}", text: text, label: label, lang: en{licence}}}{more}}}
steps:
  - {{name: edits, op: text.classical, from: data, with: {{text: text}}}}
"""


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = weights_dir()
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    weights_dir().symlink_to(weights)
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def recipe(tmp_path: Path, licence: str = "", more: str = "") -> Path:
    path = tmp_path / "texts.yaml"
    table = text_table(tmp_path / "t.csv", each=4)
    path.write_text(RECIPE.format(path=table, licence=f", licence: {licence}" if licence else "", more=more))
    return path


def test_an_unknown_licence_is_refused_with_the_way_to_go_on(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["run", str(recipe(tmp_path)), "--out", str(tmp_path / "run")])
    assert isinstance(done.exception, DataError)
    assert done.exception.exit_code == 5
    assert "licence: own" in str(done.exception)
    assert Run.open(tmp_path / "run").state == "partial"
    assert "licence" not in Run.open(tmp_path / "run").read_json("run")


@pytest.mark.parametrize(
    ("licence", "use"), [("CC-BY-NC-4.0", "research"), ("own", "commercial"), ("MIT", "commercial")]
)
def test_a_licence_that_allows_the_use_runs_and_is_on_record(licence: str, use: str, tmp_path: Path) -> None:
    result = run(recipe(tmp_path, licence, f", use: {use}"))
    held = Run.open(result.path).read_json("run")["licence"]
    assert (held["use"], held["override"]) == (use, "")
    assert [one["licence"] for one in held["licences"]] == [licence]
    assert sum(one["samples"] for one in held["licences"]) == result.counts["samples"]


def test_a_non_commercial_licence_is_refused_for_the_default_use(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not allow commercial use"):
        run(recipe(tmp_path, "CC-BY-NC-4.0"))


def test_a_reason_in_the_recipe_or_on_the_command_line_is_kept_and_shown(tmp_path: Path) -> None:
    named = run(recipe(tmp_path, "CC-BY-NC-4.0", ', override: "a letter of the owner, 3 May"'), out=tmp_path / "a")
    assert Run.open(named.path).read_json("run")["licence"]["override"] == "a letter of the owner, 3 May"
    words = ["run", str(recipe(tmp_path)), "--out", str(tmp_path / "b"), "--accept-licence", "asked by phone"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "asked by phone" in done.output
    for page, reason in ((named.report, "a letter of the owner, 3 May"), (tmp_path / "b" / "report.html", "asked by")):
        assert reason in page.read_text(encoding="utf-8")


def test_the_atlas_entry_stands_in_for_what_the_data_does_not_say(tmp_path: Path) -> None:
    assert run(recipe(tmp_path, more=", source: LibriSpeech")).state == "done"
    with pytest.raises(DataError):
        run(recipe(tmp_path, more=", source: MVTec AD"))
    with pytest.raises(RecipeError, match="LibriSpeek") as told:
        validate(recipe(tmp_path, more=", source: LibriSpeek"))
    assert "LibriSpeech" in str(told.value)


def test_no_reason_sends_credentialed_data_to_others(tmp_path: Path) -> None:
    denied = recipe(tmp_path, more=", source: MIMIC-CXR, use: third-party, override: we promise")
    with pytest.raises(DataError, match="No reason lifts this"):
        run(denied)


def test_init_declares_the_data_as_the_users_own_and_says_what_that_means(tmp_path: Path) -> None:
    written = Path(init(class_folder(tmp_path / "photos"))["recipe"])
    assert load_recipe(written).data.params["licence"] == "own"
    assert "your declaration" in written.read_text(encoding="utf-8")


def test_init_leaves_a_licence_that_the_data_states(tmp_path: Path) -> None:
    table = tmp_path / "stated.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label", "licence"])
        writer.writerows([[f"text {i}", "ab"[i % 2], "CC-BY-4.0"] for i in range(12)])
    written = Path(init(table)["recipe"])
    assert "licence" not in load_recipe(written).data.params
    assert "licence: own" not in written.read_text(encoding="utf-8")


@pytest.mark.weights
def test_a_verb_on_a_folder_takes_it_for_the_users_own_and_says_so(tmp_path: Path) -> None:
    found = augment(text_table(tmp_path / "t.csv", each=3), tmp_path / "made")
    assert "count as your own" in json.dumps(found["notes"])


def test_a_verb_on_a_folder_heeds_a_licence_that_is_stated(tmp_path: Path) -> None:
    photos = flat_folder(tmp_path / "photos", 3)
    rows = ["file_name,licence", *(f"{file.name},CC-BY-NC-4.0" for file in sorted(photos.glob("*.png")))]
    (photos / "metadata.csv").write_text("\n".join(rows))
    with pytest.raises(DataError, match="does not allow commercial use"):
        augment(photos, tmp_path / "made")


def test_the_report_says_it_in_one_line(tmp_path: Path) -> None:
    page = run(recipe(tmp_path, "CC-BY-4.0")).report.read_text(encoding="utf-8")
    assert "The licences allow commercial use: CC-BY-4.0 (8)" in page
    assert "legalcode" not in page
