"""The learner `finetune` without torch: what its program is told, and what is said where the extra is missing."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shisaku.errors import MachineError, RecipeError
from shisaku.learn import finetune
from shisaku.learn.command.permission import ALLOW
from shisaku.learn.examples import Examples
from shisaku.learn.finetune import FineTune

SPY = """
import json, pathlib, shutil
task = json.load(open("task.json"))
shutil.copy("task.json", pathlib.Path(__file__).parent / (task["phase"] + ".json"))
if task["phase"] == "predict":
    ids = [json.loads(line)["id"] for line in open("test.jsonl")]
    lines = [json.dumps({"id": i, "scores": {"0": 1, "1": 3}}) for i in ids]
    open("predictions.jsonl", "w").write("\\n".join(lines))
"""


def rows(n: int) -> Examples:
    return Examples(np.zeros((n, 2), np.float32), np.arange(n) % 2, media=tuple(f"/m/{i}.png" for i in range(n)))


def test_its_program_needs_no_permission_and_is_told_every_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spy.py").write_text(SPY)
    monkeypatch.setattr(finetune, "PROGRAM", ("{python}", str(tmp_path / "spy.py")))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.delenv(ALLOW, raising=False)
    fitted = FineTune(last=5, steps=7, batch=3, size=96).fit(rows(6), None, np.random.default_rng(0))
    np.testing.assert_allclose(fitted.scores(rows(2)), [[0.25, 0.75]] * 2)
    fit, predict = (json.loads((tmp_path / f"{phase}.json").read_text()) for phase in ("fit", "predict"))
    told = {"start": "imagenet", "last": 5, "batch": 3, "rate": 0.01, "base_rate": 3e-4, "size": 96}
    assert fit["settings"] == predict["settings"] == told
    assert (fit["steps"], fit["threads"], fit["answers"]) == (7, 1, "classes")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MachineError, match="torch") as caught:
        FineTune().fit(rows(4), None, np.random.default_rng(0))
    assert "shisaku[torch]" in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [{"start": "moon"}, {"last": 19}, {"last": -1}, {"steps": 0}, {"batch": 0}, {"rate": 0.0}, {"size": 100},
     {"size": 0}, {"media": ""}, {"threads": 0}, {"timeout": float("nan")}, {"base_rate": float("inf")}],
)  # fmt: skip
def test_wrong_settings_are_an_error_of_the_recipe(wrong: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="finetune"):
        FineTune(**wrong)
