"""``shisaku plan`` given a form: the plan on the terminal, as JSON, and one clear message for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shisaku.cli.app import app
from shisaku.errors import RecipeError

EXAMPLE = Path(__file__).parents[2] / "examples" / "poc" / "inspection.yaml"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "form.yaml").write_bytes(EXAMPLE.read_bytes())


def shisaku(*words: object) -> Any:
    return CliRunner().invoke(app, list(map(str, words)))


def test_a_form_is_planned_on_the_terminal_and_as_json() -> None:
    done = shisaku("plan", "form.yaml")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Exploratory (under-powered). Scratches on pressed parts")
    assert "Plan: form.plan.json" in done.stdout
    assert "Page: form.plan.html" in done.stdout
    again = json.loads(shisaku("plan", "form.yaml", "--json", "--out", "mine.json").stdout)
    assert again["file"] == "mine.json"
    assert Path("mine.plan.html").is_file()


def test_an_empty_form_is_printed() -> None:
    assert "\npoc:\n" in shisaku("plan", "--form").stdout
    assert shisaku("plan", "--form", "--json").stdout.startswith("{")


def test_what_a_form_does_not_take_is_refused() -> None:
    assert shisaku("plan").exit_code == 2
    assert shisaku("plan", "form.yaml", "--workers", 1).exit_code == 2
    Path("form.yaml").write_text("poc: {title: 3}\n")
    done = shisaku("plan", "form.yaml")
    assert isinstance(done.exception, RecipeError)
    assert "poc.title: It must be a text" in str(done.exception)
