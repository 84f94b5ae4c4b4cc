"""The example of a training program of one's own runs as it stands, at a smaller size."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import pytest

from shisaku.api import run
from shisaku.learn.command.permission import ALLOW
from shisaku.registry.check import check_recipe
from shisaku.registry.load import load_recipe
from shisaku.store.run import Run

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMAND, FINETUNE = EXAMPLES / "command", EXAMPLES / "finetune"


@pytest.mark.parametrize("path", [COMMAND / "recipe.yaml", FINETUNE / "recipe.yaml"])
def test_the_recipes_have_no_problem(path: Path) -> None:
    check_recipe(load_recipe(path), None)


@pytest.mark.weights
def test_the_program_learns_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.setenv(ALLOW, "1")
    shutil.copytree(COMMAND, tmp_path, dirs_exist_ok=True)
    runpy.run_path(str(EXAMPLES / "feedback" / "make_data.py"))["make"](tmp_path / "data", train=4, test=1)
    text = (tmp_path / "recipe.yaml").read_text().replace("splits: 6", "splits: 2").replace("shots: [5]", "shots: [2]")
    text = text.replace("rounds: 2", "rounds: 1").replace("    tune: {settings", "    # tune: {settings")
    (tmp_path / "recipe.yaml").write_text(text)
    found = Run.open(run(tmp_path / "recipe.yaml", out=tmp_path / "run", workers=1).path)
    values = [row["value"] for row in found.read_rows("arm_scores")]
    assert len(values) == 4
    assert sum(values) / len(values) > 0.3  # chance is a tenth
