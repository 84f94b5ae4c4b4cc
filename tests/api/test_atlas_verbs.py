"""The atlas on the command line: found, shown, added, classified, composed; one JSON object each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from api_material import class_folder
from typer.testing import CliRunner

from shisaku.cli.app import app


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")


def asked(*words: object) -> dict:
    done = CliRunner().invoke(app, ["atlas", *map(str, words), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def printed(*words: object) -> str:
    done = CliRunner().invoke(app, ["atlas", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("verb", ["search", "show", "add", "classify", "compose"])
def test_every_verb_explains_itself(verb: str) -> None:
    done = CliRunner().invoke(app, ["atlas", verb, "--help"])
    assert "Example" in done.output
    assert "--json" in done.output


def test_search_gives_all_rows_and_what_their_licences_allow() -> None:
    found = asked("search")
    assert found["n"] == 136
    assert {"class", "uses", "conditions", "reason"} <= set(found["datasets"][0]["rights"])
    assert {one["name"] for one in asked("search", "speech", "--use", "commercial")["datasets"]} >= {"LibriSpeech"}
    assert "LibriSpeech" in printed("search", "--modality", "audio", "--min-size", "900h")


def test_show_says_what_never_may_happen() -> None:
    found = asked("show", "MIMIC-CXR")
    assert found["rights"]["never"] == ["redistribution", "third-party"]
    assert found["confidence"] == "verified"
    assert "no reason lifts that" in printed("show", "MIMIC-CXR")


def test_own_data_is_looked_at_and_then_found(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "weld defects", each=3)
    added = asked("add", photos)
    assert (added["name"], added["layer"], added["modalities"]) == ("weld defects", "domain", "image")
    assert added["rights"]["class"] == "own"
    assert added["own"]
    assert asked("search", "weld")["n"] == 1
    assert "weld defects" in printed("show", "weld")
    named = asked("add", "Vendor set", "--layer", "task", "--licence", "CC-BY-NC-4.0", "--size", "2M pairs")
    assert (named["items"], named["rights"]["class"]) == (2e6, "non-commercial")
    assert CliRunner().invoke(app, ["atlas", "add", "No layer"]).exit_code != 0


def test_classify_says_layer_and_reason(tmp_path: Path) -> None:
    found = asked("classify", class_folder(tmp_path / "things", each=2))
    assert found["layer"] == "task"
    assert "2 classes" in found["reason"]["text"]
    assert "undecided" not in printed("classify", tmp_path / "things")
    tried = asked("classify", "--back-test")
    assert tried["as_listed"]["n"] == 136
    assert "agree" in printed("classify", "--back-test")


def test_compose_prints_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(asked("compose")["use_cases"]) == {"medical", "driving", "inspection", "speech"}
    one = asked("compose", "medical", "--stage", "poc", "--use", "research")["use_cases"]["medical"]
    assert list(one["stages"]) == ["poc"]
    assert "patient" in printed("compose", "medical")
    monkeypatch.setenv("SHISAKU_LANG", "ja")
    assert "医療" in printed("compose", "medical")
