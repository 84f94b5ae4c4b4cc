"""A plan is frozen before its run; a run that would do anything else is refused, and says what differs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shisaku.api import plan, prove_recipe
from shisaku.api import run as run_on
from shisaku.api.result import RunResult
from shisaku.cli.app import app
from shisaku.errors import RecipeError
from shisaku.store.run import Run

STUDY = """\
  - name: {name}
    label: label
    real: data
    feature: {{op: text.embed, with: {{model: char_ngrams, text: text}}}}
    grouping: {{near: 0}}
    domains: [{{name: own, kind: resplit, delta_gain: {margin}}}]
    primary: own
    arms: [{{name: real}}, {{name: twice, oversample: 2}}]
    contrasts: [twice]
    splits: {splits}
    requires: [{requires}]
"""
HEAD = (
    "schema: 1\nname: small\ndata: {reader: table, with: {path: texts.csv, licence: own, label: label, text: text}}\n"
)
WORDS = {"fruit": ("apple", "pear", "plum", "cherry"), "tool": ("hammer", "saw", "pliers", "drill")}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    rows = ["text,label"]
    for label, words in WORDS.items():
        rows += [f"the {words[i % 4]} number {i} of {label if i % 3 else 'them'},{label}" for i in range(12)]
    (tmp_path / "texts.csv").write_text("\n".join(rows))
    return tmp_path


def recipe(*studies: str, margin: float = 0.02, splits: int = 6, requires: str = "") -> Path:
    told = [STUDY.format(name=name, margin=margin, splits=splits, requires=requires) for name in studies]
    Path("r.yaml").write_text(HEAD + "studies:\n" + "".join(told))
    return Path("r.yaml")


def run(path: Path, **more: Any) -> RunResult:
    return run_on(path, workers=1, **more)


def shisaku(*words: object) -> Any:
    return CliRunner().invoke(app, list(map(str, words)))


def planned(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = Run.open(path).read_json("run")["planned"]
    return found


def test_plan_then_run_is_planned_before(home: Path) -> None:
    told = plan(recipe("one"))
    file = Path(told["file"])
    assert json.loads(file.read_text()) == {name: value for name, value in told.items() if name != "file"}
    folder = file.parent
    assert not (folder / "work" / "trials").exists(), "nothing is trained"
    assert not (home / "state" / "looks.jsonl").exists(), "no test item is looked at"
    assert Run.open(folder).state == "partial"
    (one,) = told["studies"]
    done = run(recipe("one"), plan=file)
    assert done.path.resolve() == folder.resolve()
    assert planned(done.path)["one"] == {"hash": one["plan"]["hash"], "date": told["date"], "when": "before"}
    assert Run.open(done.path).read_json("plans")[0]["hash"] == one["plan"]["hash"]
    assert done.to_json()["planned"]["one"]["when"] == "before"
    assert run(recipe("one"), plan=file).already_done
    again = run(recipe("one"), plan=file, out=home / "elsewhere")
    assert planned(again.path) == planned(done.path), "the same plan, whatever was looked at since"


def test_a_run_without_a_plan_file_is_planned_at_its_start() -> None:
    done = run(recipe("one"))
    assert planned(done.path)["one"]["when"] == "start"
    late = plan(recipe("one"), out="late.json")
    assert late["studies"][0]["seen"]
    assert "were seen before" in json.dumps(late["studies"][0]["lines"])
    assert planned(run(recipe("one"), plan="late.json", out="again").path)["one"]["when"] == "after"


def test_what_differs_from_the_plan_is_refused_by_name(home: Path) -> None:
    plan(recipe("one"), out="plan.json")
    changes: tuple[dict[str, Any], ...] = ({"margin": 0.0}, {"splits": 7})
    for changed, named in zip(changes, ("one.domains.own.delta_gain", "one.splits"), strict=True):
        with pytest.raises(RecipeError, match="not what was planned") as caught:
            run(recipe("one", **changed), plan="plan.json")
        assert caught.value.exit_code == 2
        assert caught.value.problems[0].path == named
    with pytest.raises(RecipeError, match="not what was planned") as caught:
        run(recipe("other"), plan="plan.json")
    assert "no such study" in str(caught.value)
    rows = (home / "texts.csv").read_text()
    (home / "texts.csv").write_text(rows.replace("the apple number 0", "an apple number 0"))
    with pytest.raises(RecipeError) as caught:
        run(recipe("one"), plan="plan.json")
    assert "one.data" in {problem.path for problem in caught.value.problems}
    assert not (home / "state" / "looks.jsonl").exists()


def test_a_finished_run_is_held_against_the_plan_too() -> None:
    done = run(recipe("one"))
    plan(recipe("one", splits=7), out="plan.json")
    with pytest.raises(RecipeError, match="not what was planned"):
        run(recipe("one"), plan="plan.json", out=done.path)


def test_an_edited_plan_is_no_plan() -> None:
    plan(recipe("one"), out="plan.json")
    text = Path("plan.json").read_text()
    assert '"splits": 6' in text
    Path("plan.json").write_text(text.replace('"splits": 6', '"splits": 7'))
    with pytest.raises(RecipeError, match="changed after it was frozen"):
        run(recipe("one", splits=7), plan="plan.json")
    for junk in ("", "[1]", "{}", '{"schema": 1, "studies": [3]}', "[" * 100_000):
        Path("plan.json").write_text(junk)
        with pytest.raises(RecipeError, match="no plan that can be read"):
            run(recipe("one"), plan="plan.json")


def test_a_frozen_plan_is_not_replaced() -> None:
    first = plan(recipe("one"), out="plan.json")
    assert plan(recipe("one"), out="plan.json") == first, "the same plan keeps its date"
    with pytest.raises(RecipeError, match="a frozen plan is not replaced"):
        plan(recipe("one", splits=7), out="plan.json")


def test_studies_of_one_recipe_foresee_each_other() -> None:
    told = plan(recipe("one", "two"), out="plan.json")
    assert [one["plan"]["looks"]["taken"] for one in told["studies"]] == [0, 1]
    alone = plan(recipe("one", "two"), study="two", out="two.json")
    assert [one["plan"]["study"] for one in alone["studies"]] == ["two"]
    assert alone["studies"][0]["plan"]["hash"] == told["studies"][1]["plan"]["hash"]
    done = run(recipe("one", "two"), plan="two.json")
    assert {name: one["when"] for name, one in planned(done.path).items()} == {"one": "start", "two": "before"}


def test_a_study_that_could_not_begin_is_told_by_its_plan() -> None:
    told = plan(recipe("one", "two", requires="{kpi: true}"), out="plan.json")
    assert all(one["unmet"] for one in told["studies"])
    assert [one["plan"]["looks"]["taken"] for one in told["studies"]] == [0, 0], "what does not begin does not look"
    done = run(recipe("one", "two", requires="{kpi: true}"), plan="plan.json")
    assert [study["exploratory"] for study in done.studies] == [True, True]
    assert done.headline.startswith("Exploratory (under-powered). one: ABSTAIN, nothing was trained")


@pytest.mark.parametrize(("study", "said"), [("", "nothing to plan"), ("three", "There is no study three")])
def test_nothing_to_plan_is_refused(study: str, said: str) -> None:
    path = recipe("one")
    if not study:
        path.write_text(HEAD)
    with pytest.raises(RecipeError, match=said):
        plan(path, study=study)


def test_the_command_line_tells_what_can_be_shown_and_exits_with_0() -> None:
    done = shisaku("plan", recipe("one"), "--out", "plan.json")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Exploratory (under-powered). one:")
    for said in ("smallest true gain", "To show them it would take", "2 arms in 6 splits", "Frozen 20", "plan.json"):
        assert said in done.stdout
    again = shisaku("plan", recipe("one"), "--out", "plan.json", "--json")
    assert json.loads(again.stdout)["studies"][0]["exploratory"] is True


def test_prove_takes_a_recipe() -> None:
    assert shisaku("plan", recipe("one"), "--out", "plan.json").exit_code == 0
    done = shisaku("prove", recipe("one"), "--plan", "plan.json", "--out", "run", "--workers", 1, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["studies"][0]["exploratory"] is True
    assert told["planned"]["one"]["when"] == "before"
    assert json.loads(Path("run/verdict.json").read_text())["schema"] == 1
    for words in (("--gain", 0.1), ("--real", "x"), ("--splits", 20)):
        assert shisaku("prove", "r.yaml", *words).exit_code == 2
    assert shisaku("prove", "--real", "x", "--synthetic", "y", "--plan", "plan.json").exit_code == 2
    Path("r.yaml").write_text(HEAD)
    with pytest.raises(RecipeError, match="nothing to decide"):
        prove_recipe("r.yaml")


def test_a_preview_has_no_plan() -> None:
    plan(recipe("one"), out="plan.json")
    with pytest.raises(RecipeError, match="exclude each other"):
        run(recipe("one"), plan="plan.json", preview=4)
