"""A recipe with a `sample`, run as it is and in the profile that asks everybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from api_material import flat_folder
from typer.testing import CliRunner

from shisaku.api import run
from shisaku.cli.app import app
from shisaku.errors import MachineError, RecipeError
from shisaku.registry.load import load_recipe
from shisaku.store.run import Run

RECIPE = """\
name: sampled
data: {{reader: folder, with: {{path: {path}, licence: own}}}}
steps:
  - {{name: quality, op: image.visual_quality, from: data, sample: {{n: 3}}}}
"""


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "sampled.yaml"
    path.write_text(RECIPE.format(path=flat_folder(tmp_path / "photos", 8)))
    return path


def _asked(path: Path) -> int:
    (row,) = [row for row in Run.open(path).read_rows("counts") if row["step"] == "quality"]
    assert row["of"] == 8
    assert len(Run.open(path).read_rows("scores")) == row["asked"]
    return int(row["asked"])


def test_a_long_run_asks_everybody_and_is_another_run(recipe: Path) -> None:
    some, everybody = run(recipe), run(recipe, profile="long")
    assert some.path != everybody.path
    assert (_asked(some.path), _asked(everybody.path)) == (3, 8)
    profiles = [Run.open(one.path).read_json("run")["profile"] for one in (some, everybody)]
    assert profiles == ["default", "long"]
    assert [load_recipe(one.path / "recipe.yaml").steps[0].sample is None for one in (some, everybody)] == [False, True]
    items = [Run.open(one.path).read_json("estimate")["steps"][0]["items"] for one in (some, everybody)]
    assert items == [3, 8]
    assert run(recipe, profile="long").already_done
    with pytest.raises(MachineError, match="another recipe"):
        run(recipe, out=some.path, profile="long")


def test_the_command_line_knows_profiles(recipe: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["run", str(recipe), "--profile", "long", "--out", str(tmp_path / "long"), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["state"] == "done"
    assert _asked(tmp_path / "long") == 8


def test_a_profile_that_is_not_there_is_said(recipe: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="There is no profile lang"):
        run(recipe, profile="lang")
    assert not (tmp_path / "runs").exists()
