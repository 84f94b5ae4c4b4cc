"""`shisaku prove --calibrate`: designs by name, what is judged in words, and the exit code."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from shisaku.cli.app import app
from shisaku.lab import calibrate as calibrate_module

WORLDS = ["prove", "--calibrate", "--worlds", "2", "--workers", "1"]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate_module, "TRUTH_WORLDS", 2)


def test_a_calibration_is_told_in_words() -> None:
    found = CliRunner().invoke(app, [*WORLDS, "--design", "rounds", "--fail-unless-calibrated"])
    assert found.exit_code in (0, 3), found.output
    for line in ("rounds", "round 3 in domain few", "had every round all of alpha", "times the true spread"):
        assert line in found.output
    assert ("calibration not accepted" in found.output) == (found.exit_code == 3)


def test_json_holds_the_designs_asked() -> None:
    found = CliRunner().invoke(app, [*WORLDS, "--design", "groups", "--json"])
    assert list(json.loads(found.stdout)["designs"]) == ["groups"]


def test_an_unknown_design_is_refused() -> None:
    found = CliRunner().invoke(app, [*WORLDS, "--design", "none"])
    assert found.exit_code not in (0, 3)
    assert not found.stdout
