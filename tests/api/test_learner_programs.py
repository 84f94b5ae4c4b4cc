"""Programs of a recipe: allowed or not started, pinned by their bytes, and shown files that say nothing of labels."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from api_material import class_folder

from shisaku.api import run
from shisaku.api.learner_media import with_media
from shisaku.api.order import with_full_paths
from shisaku.core.recipe import Recipe
from shisaku.errors import RecipeError
from shisaku.lab.items import Items, StudyData
from shisaku.learn.command.learner import digest
from shisaku.learn.command.permission import ALLOW
from shisaku.registry.dump import recipe_fingerprint
from shisaku.registry.load import parse_recipe
from shisaku.store.codecs import decode_image
from shisaku.store.run import Run

RECIPE = """
schema: 1
name: programs
seed: 1
data: {reader: folder, with: {path: photos}}
steps:
  - {name: children, op: image.classical, from: data, rounds: 1}
studies:
  - name: s
    label: class
    real: data
    feature: {op: image.embed}
    learner: {name: command, command: ["{python}", train.py, "{work}"], media: image, timeout: 60}
    grouping: {near: 0}
    shots: [3]
    splits: 2
    folds: 2
    domains: [{name: own, kind: resplit}]
    primary: own
    arms: [{name: real}, {name: more, add: children}]
    contrasts: [more]
"""
SCRIPT = """
import json, pathlib, sys
here = pathlib.Path(__file__).parent
work = pathlib.Path(sys.argv[1])
task = json.loads((work / "task.json").read_text())
rows = {name: [json.loads(line) for line in (work / task[name]["table"]).read_text().splitlines()]
        for name in ("train", "test") if task[name]}
with open(here / "seen.jsonl", "a") as log:
    log.write(json.dumps({"phase": task["phase"], "classes": task["classes"], **rows}) + "\\n")
if task["phase"] == "predict":
    from PIL import Image
    means = [Image.open(row["media"]).convert("L").resize((1, 1)).getpixel((0, 0)) for row in rows["test"]]
    with open(task["predictions"], "w") as out:
        for row, mean in zip(rows["test"], means):
            score = dict.fromkeys(task["classes"], 1 + mean)
            score[task["classes"][mean % len(task["classes"])]] += 1
            out.write(json.dumps({"id": row["id"], "scores": score}) + "\\n")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.delenv(ALLOW, raising=False)
    class_folder(tmp_path / "photos")
    (tmp_path / "train.py").write_text(SCRIPT)
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    return tmp_path


def cooked(folder: Path) -> Any:
    return run(folder / "recipe.yaml", out=folder / "run", workers=1, accept_licence="made by this test")


def test_without_permission_nothing_is_made_and_nothing_started(folder: Path) -> None:
    with pytest.raises(RecipeError, match="--allow-commands") as caught:
        cooked(folder)
    assert "train.py" in caught.value.where
    assert not (folder / "run").exists()
    assert not (folder / "seen.jsonl").exists()


@pytest.mark.weights
def test_a_program_sees_files_named_by_content_and_no_label_of_what_it_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALLOW, "1")
    found = cooked(folder)
    assert found.state == "done"
    calls = [json.loads(line) for line in (folder / "seen.jsonl").read_text().splitlines()]
    media = {row["media"] for call in calls for row in (*call.get("train", ()), *call.get("test", ()))}
    assert all(Path(one).is_relative_to(folder / "run") and Path(one).is_file() for one in media)
    for one in sorted(media):
        assert decode_image_file(Path(one)) == (48, 48)
    asked = [row for call in calls if call["phase"] == "predict" for row in call["test"]]
    assert asked
    assert {tuple(sorted(row)) for row in asked} == {("id", "media", "row")}
    # Nothing that names a row names its class: neither folder nor file of the original.
    assert not any(word in json.dumps(asked).replace(str(folder), "") for word in ("stripes", "blots"))
    trained = {row["id"]: row["label"] for call in calls if call["phase"] == "fit" for row in call["train"]}
    assert set(trained.values()) == {"0", "1"}
    again = cooked(folder)
    assert again.already_done
    (folder / "train.py").write_text(SCRIPT + "\n# edited\n")
    with pytest.raises(Exception, match="another recipe"):
        cooked(folder)


def decode_image_file(path: Path) -> tuple[int, int]:
    from shisaku.core.sample import Part

    height, width = decode_image(Part("image", path.read_bytes())).shape[:2]
    return height, width


def located(folder: Path, text: str = RECIPE) -> Recipe:
    return with_full_paths(parse_recipe(text), folder)


def test_files_of_a_program_are_pinned_and_an_edit_is_another_recipe(folder: Path) -> None:
    script = folder / "train.py"
    learner = located(folder).studies[0].learner
    assert learner["command"] == ["{python}", str(script), "{work}"]
    assert learner["files"] == {str(script): digest(script)}
    assert recipe_fingerprint(located(folder)) == recipe_fingerprint(located(folder))
    before = recipe_fingerprint(located(folder))
    (folder / "model.py").write_text("a = 1")
    more = RECIPE.replace("timeout: 60", 'timeout: 60, files: {model.py: ""}')
    assert set(located(folder, more).studies[0].learner["files"]) == {str(script), str(folder / "model.py")}
    script.write_text(SCRIPT + "#")
    assert recipe_fingerprint(located(folder)) != before


def test_an_arm_with_a_program_of_its_own_is_pinned_and_asks_for_permission(folder: Path) -> None:
    own = 'learner: {name: command, command: ["{python}", train.py]}'
    text = RECIPE.replace("{name: more, add: children}", "{name: more, add: children, " + own + "}")
    text = text.replace(
        '    learner: {name: command, command: ["{python}", train.py, "{work}"], media: image, timeout: 60}\n', ""
    )
    recipe = located(folder, text)
    assert recipe.studies[0].learner == {}
    assert recipe.studies[0].arms[1].learner["files"]
    (folder / "recipe.yaml").write_text(text)
    with pytest.raises(RecipeError, match="--allow-commands"):
        cooked(folder)


def test_an_interpreter_is_not_looked_through(folder: Path) -> None:
    """A link into a virtual environment is what makes the interpreter behind it one of that environment."""
    (folder / "python").symlink_to("/bin/sh")
    recipe = located(folder, RECIPE.replace('"{python}"', str(folder / "python")))
    assert recipe.studies[0].learner["command"][0] == str(folder / "python")


@pytest.mark.parametrize("how", ["spoil", "views"])
def test_what_files_would_still_show_is_not_called_spoiled_or_hidden(folder: Path, how: str) -> None:
    spec = parse_recipe(RECIPE).studies[0]
    domain = replace(spec.domains[0], spoil={"feature": "missing"} if how == "spoil" else {})
    arms = (replace(spec.arms[0], views=("feature",)), *spec.arms[1:]) if how == "views" else spec.arms
    nothing = Items((), (), (), np.zeros((0, 1), np.float32))
    with pytest.raises(RecipeError, match="sees them whole"):
        with_media(Run(folder), replace(spec, domains=(domain,), arms=arms), StudyData(nothing))


def test_learners_of_one_study_see_one_part(folder: Path) -> None:
    spec = parse_recipe(RECIPE).studies[0]
    arms = (spec.arms[0], replace(spec.arms[1], learner={"name": "command", "command": ["a"], "media": "mask"}))
    nothing = Items((), (), (), np.zeros((0, 1), np.float32))
    with pytest.raises(RecipeError, match="image, mask"):
        with_media(Run(folder), replace(spec, arms=arms), StudyData(nothing))
