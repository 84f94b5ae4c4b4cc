"""Every study is kept as a case when its run ends, whichever way it fell; a look or a wrong recipe is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from api_material import text_table

from shisaku.api import cases, prove_predictions, run
from shisaku.api import cooking as door
from shisaku.errors import DataError, MachineError, RecipeError
from shisaku.message import say

RECIPE = """\
schema: 1
name: small
data: {reader: table, with: {path: texts.csv, licence: own, label: label, text: text}}
studies:
  - name: one
    label: label
    real: data
    feature: {op: text.embed, with: {model: char_ngrams, text: text}}
    grouping: {near: 0}
    domains: [{name: own, kind: resplit}]
    primary: own
    arms: [{name: real}, {name: twice, oversample: 2}]
    contrasts: [twice]
    splits: 6
    requires: [REQUIRES]
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    text_table(tmp_path / "texts.csv")
    return tmp_path


def recipe(requires: str = "") -> Path:
    Path("r.yaml").write_text(RECIPE.replace("REQUIRES", requires))
    return Path("r.yaml")


def kept() -> list[dict[str, Any]]:
    return cases(source="run")


def fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(door, "study", broken)


def test_a_finished_study_is_a_case_and_running_it_again_makes_no_second() -> None:
    done = run(recipe(), workers=1)
    (case,) = kept()
    assert (case["arm"], case["outcome"], case["effect"]) == (
        "twice", done.verdicts[0]["decision"], done.verdicts[0]["effect"],
    )  # fmt: skip
    assert (case["study"], case["modality"], case["planned"]) == ("one", "text", "start")
    assert case["data"]
    assert case["grade"] in "BC"
    run(recipe(), workers=1)
    run(recipe(), workers=1, out="elsewhere")
    assert len(kept()) == 1


def test_what_was_stopped_before_it_trained_is_a_case() -> None:
    run(recipe("{kpi: true}"), workers=1)
    (case,) = kept()
    assert (case["outcome"], case["grade"]) == ("stopped", "D")


def test_a_look_is_none() -> None:
    run(recipe(), workers=1, preview=10)
    assert kept() == []


def test_a_run_that_an_error_ended_is_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    fails(monkeypatch, DataError(say("A class has one item")))
    with pytest.raises(DataError, match="one item"):
        run(recipe(), workers=1)
    (case,) = kept()
    assert (case["outcome"], case["error"], case["reason"]["template"]) == (
        "error",
        "DataError",
        "A class has one item",
    )


@pytest.mark.parametrize("error", [RecipeError(say("No such arm")), KeyboardInterrupt()], ids=["recipe", "ctrl-c"])
def test_a_recipe_that_cannot_be_and_ctrl_c_are_none(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    fails(monkeypatch, error)
    with pytest.raises(type(error)):
        run(recipe(), workers=1)
    assert kept() == []


def test_a_record_that_cannot_be_written_does_not_hide_the_error(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    fails(monkeypatch, DataError(say("A class has one item")))
    (home / "state").write_text("no folder")
    with pytest.raises(DataError, match="one item"):
        run(recipe(), workers=1)


def test_a_finished_run_whose_record_cannot_be_written_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "state" / "cases.jsonl").mkdir(parents=True)
    with pytest.raises(MachineError):
        run(recipe(), workers=1)


def test_predictions_alone_are_a_case(home: Path) -> None:
    rng = np.random.default_rng(0)
    truth = rng.choice(["a", "b"], 80).tolist()
    ids = [f"i{k}" for k in range(80)]
    for name, right in (("base", 0.6), ("new", 0.9)):
        told = [one if rng.random() < right else "ab".replace(one, "") for one in truth]
        table = {"item": ids, "group": ids, "truth": truth, "scores": told}
        pq.write_table(pa.table(table), home / f"{name}.parquet")
    prove_predictions("base.parquet", "new.parquet")
    (case,) = kept()
    assert case["outcome"] in ("ADOPT", "ABSTAIN")
    assert case["grade"] == "D"  # nobody froze a plan before the predictions were made
