"""A study whose learner is a program: its numbers, what is kept when it dies, and what an edited script means."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lab_material import REAL, planted, study

from shisaku.api.studying import TrialMemo
from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.study_spec import StudySpec
from shisaku.errors import DataError
from shisaku.lab.trial import Trial
from shisaku.lab.trials import run_trials
from shisaku.learn.command.permission import ALLOW

# The same closed form as scikit-learn's ridge classifier, so that no optimiser stands between two runs.
SCRIPT = """
import json, os, pathlib
import numpy as np
task = json.load(open("task.json"))
rows = lambda name: [json.loads(line) for line in open(task[name]["table"])]
x = lambda name: np.hstack([np.load(task[name]["features"]), np.ones((task[name]["rows"], 1))]).astype(float)
here = pathlib.Path(__file__).parent
if task["phase"] == "fit":
    with open(here / "fits", "a") as log:
        log.write("fit\\n")
    allowed = here / "allowed"
    if allowed.exists() and len((here / "fits").read_text().split()) > int(allowed.read_text()):
        raise SystemExit("out of patience")
    train, a = rows("train"), x("train")
    w = np.array([r["weight"] for r in train])[:, None]
    y = np.array([[r["label"] == c for c in task["classes"]] for r in train], float)
    np.save(task["model"] + "/w.npy", np.linalg.solve(a.T @ (w * a) + np.eye(a.shape[1]), a.T @ (w * y)))
else:
    told = np.exp(4 * x("test") @ np.load(task["model"] + "/w.npy"))
    with open(task["predictions"], "w") as out:
        for r in rows("test"):
            out.write(json.dumps({"id": r["id"], "scores": dict(zip(task["classes"], told[r["row"]]))}) + "\\n")
"""


def spec(folder: Path, splits: int = 2) -> StudySpec:
    (folder / "train.py").write_text(SCRIPT)
    command = {"name": "command", "command": ["{python}", str(folder / "train.py")], "timeout": 60}
    return study(
        learner=command,
        domains=(Domain("clean", "resplit"),),
        primary="clean",
        arms=(REAL, Arm("helpful", add="helpful")),
        splits=splits,
        shots=(4,),
        folds=2,
    )


@pytest.fixture(autouse=True)
def _allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW, "1")


def test_a_study_that_its_program_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    asked, data = spec(tmp_path), planted(groups=8)
    memo = TrialMemo(tmp_path / "trials")
    (tmp_path / "allowed").write_text("5")  # one trial is two arms and two folds of the student
    with pytest.raises(DataError, match="exit code 1") as caught:
        run_trials(asked, data, on_done=memo.keep)
    assert "out of patience" in str(caught.value)
    kept = memo.read()
    assert sorted(kept) == [0]
    (tmp_path / "allowed").unlink()
    (tmp_path / "fits").unlink()
    new: dict[int, Trial] = {}
    resumed = run_trials(asked, data, done=memo.read(), on_done=new.__setitem__)
    assert sorted(new) == [1]
    assert len((tmp_path / "fits").read_text().split()) == 4
    assert resumed[0] == kept[0]
    assert all(arm.values["clean"] > 0.6 for trial in resumed for arm in trial.arms)


def test_processes_do_not_matter(tmp_path: Path) -> None:
    asked, data = spec(tmp_path), planted(groups=8)
    assert run_trials(asked, data, workers=2) == run_trials(asked, data)


def test_a_settings_grid_reaches_the_program(tmp_path: Path) -> None:
    asked = spec(tmp_path, splits=1)
    script = tmp_path / "train.py"
    script.write_text(SCRIPT.replace("told = ", "told = 1 + (not task['settings']['guess']) * "))
    grid = ({"guess": True}, {"guess": False})
    learner = {**asked.learner, "settings": grid[0]}
    arms = (REAL, Arm("copies", oversample=1))
    asked = replace(asked, learner=learner, tune={"settings": grid}, arms=arms, contrasts=("copies",))
    (trial,) = run_trials(asked, planted(groups=8))
    assert [arm.settings for arm in trial.arms] == [{"settings": {"guess": False}}] * 2
    assert Trial.from_json(json.loads(json.dumps(trial.to_json()))) == trial


def test_an_arm_may_have_a_program_of_its_own(tmp_path: Path) -> None:
    asked = spec(tmp_path, splits=1)
    arms = (REAL, Arm("other", learner=asked.learner))
    asked = replace(asked, learner={"name": "logistic", "transform": "none"}, arms=arms, contrasts=("other",))
    (trial,) = run_trials(asked, planted(groups=8))
    assert len((tmp_path / "fits").read_text().split()) == 1
    assert trial.arm("other").values["clean"] > 0.6
