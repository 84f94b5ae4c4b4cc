"""`shisaku cases`: kept runs and reported works, listed and filtered alike whichever way they fell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from conditions_runs import make_run
from typer.testing import CliRunner

from shisaku.api.case_list import cases, keep_case
from shisaku.cli.cases import command
from shisaku.errors import DataError

app = typer.Typer()
app.command()(command)


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))


def test_a_run_is_kept_once_with_all_its_verdicts(tmp_path: Path) -> None:
    run = make_run(tmp_path, "photos", (0.06, -0.05))
    assert keep_case(run)["new"] == 3
    assert keep_case(run)["new"] == 0
    found = cases(source="run")
    assert [case["arm"] for case in found] == ["varied", "noisy", "placebo"]
    assert {case["grade"] for case in found} == {"D"}  # its plan has no date
    assert found[0]["technique"] == "image.classical"


def test_filters(tmp_path: Path) -> None:
    keep_case(make_run(tmp_path, "photos"))
    assert {case["source"] for case in cases()} == {"run", "literature"}
    assert all("audio" in case["modality"] for case in cases(modality="audio"))
    assert [case["id"] for case in cases(["retrieving", "diffusion"])] == ["burg-2023-retrieval"]
    assert cases(grade="A") == []
    assert {case["outcome"] for case in cases(outcome="ABSTAIN")} == {"ABSTAIN"}
    for wrong in ({"grade": "E"}, {"outcome": "won"}, {"source": "web"}):
        with pytest.raises(DataError, match="knows no"):
            cases(**wrong)


def test_the_verb_lists_what_failed_as_it_lists_what_did_not(tmp_path: Path) -> None:
    run = make_run(tmp_path, "photos", (0.06, -0.05))
    done = CliRunner().invoke(app, ["--keep", str(run), "--source", "run"])
    assert done.exit_code == 0, done.output
    assert "3 new case records" in done.stdout
    assert "+6.0 points [+2.0, +10.0] against real, n = 40" in done.stdout
    assert "-5.0 points [-9.0, -1.0] against real, n = 40" in done.stdout
    held = json.loads(CliRunner().invoke(app, ["--json"]).stdout)
    assert held["n"] == len(held["cases"])
    told = CliRunner().invoke(app, ["--source", "literature"], env={"SHISAKU_LANG": "ja"}).stdout
    assert "arXiv:2408.16502" in told
    assert "言い換え" in told


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no run"):
        keep_case(tmp_path)
