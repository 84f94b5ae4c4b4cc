"""The command line as a user or a script meets it: exit codes, JSON alone on stdout, help with examples."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from api_material import class_folder, flat_folder, text_table

VERBS = ["init", "describe", "run", "validate", "augment", "measure", "prove", "report", "ops", "models pull"]


def shisaku(*words: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shisaku", *map(str, words)],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_with_examples(verb: str) -> None:
    done = shisaku(*verb.split(), "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout
    assert "--json" in done.stdout
    assert "--out" in done.stdout


HEAD = "schema: 1\nname: x\n"
FOLDER = HEAD + "data: {reader: folder, with: {path: .}}\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (FOLDER + "steps:\n\t- a", "tab"),
        (HEAD + "data: {reader: foldr, with: {path: .}}\n", "folder"),
        (FOLDER + "steps:\n  - {name: a, op: image.clasical, from: data}\n", "image.classical"),
        ("a: &a [1]\nb: [*a, *a]\n", "Aliases"),
        ("- 1\n", "mapping"),
        ("x" * 2_000_000, "large"),
    ],
    ids=["tab", "reader", "op", "alias", "list", "huge"],
)
def test_a_bad_recipe_is_one_clear_message_and_exit_2(text: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    done = shisaku("validate", path)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert what in done.stderr


def test_an_error_under_json_is_json_on_stdout(tmp_path: Path) -> None:
    done = shisaku("validate", tmp_path / "absent.yaml", "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)
    assert error["exit_code"] == 2
    assert error["error"] == "RecipeError"


def test_data_errors_are_exit_5(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for words in (("describe", tmp_path / "absent"), ("init", tmp_path / "empty"), ("report", tmp_path / "empty")):
        done = shisaku(*words)
        assert done.returncode == 5, (words, done.stderr)
        assert "Traceback" not in done.stderr


def test_errors_speak_japanese(tmp_path: Path) -> None:
    done = shisaku("report", tmp_path, SHISAKU_LANG="ja")
    assert "実行" in done.stderr


@pytest.mark.weights
def test_init_then_run_on_class_folders_then_again(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "photos")
    assert shisaku("init", photos, cwd=tmp_path).returncode == 0
    recipe = tmp_path / "photos.recipe.yaml"
    assert shisaku("init", photos, cwd=tmp_path).returncode == 2, "a recipe is not replaced unasked"
    first = shisaku("run", recipe, "--preview", 8, "--out", tmp_path / "run", "--json")
    assert first.returncode == 0, first.stderr
    result = json.loads(first.stdout)
    assert result["overall"] in ("ADOPT", "REJECT", "ABSTAIN")
    decided = json.loads((tmp_path / "run" / "verdict.json").read_text())
    assert decided["schema"] == 1
    promised = "study domain arm decision reason effect interval p n seeds margins ceiling money"
    assert set(promised.split()) <= set(decided["verdicts"][0])
    assert (tmp_path / "run" / "report.html").stat().st_size < 10_000_000
    again = shisaku("run", recipe, "--preview", 8, "--out", tmp_path / "run", "--json", "--fail-unless-adopt")
    assert json.loads(again.stdout)["already_done"]
    assert again.returncode == (0 if result["overall"] == "ADOPT" else 3)


@pytest.mark.parametrize("name", ['qu"ote: {x}', "写真 集", "-dash # hash", "a'b\nc"])
def test_init_copes_with_any_folder_name(name: str, tmp_path: Path) -> None:
    photos = class_folder(tmp_path / name, each=6)
    done = shisaku("init", "--out", tmp_path / "r.yaml", "--", photos)
    assert done.returncode == 0, done.stderr
    assert shisaku("validate", tmp_path / "r.yaml").returncode == 0


@pytest.mark.weights
def test_unlabelled_data_ends_in_a_labelling_plan_and_no_task(tmp_path: Path) -> None:
    photos = flat_folder(tmp_path / "photos")
    shisaku("init", photos, "--out", tmp_path / "r.yaml")
    done = shisaku("run", tmp_path / "r.yaml", "--out", tmp_path / "run", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["overall"] is None
    assert result["verdicts"] == []
    plan = json.loads((tmp_path / "run" / "labelling_plan.json").read_text())
    assert [item["rank"] for item in plan["items"]] == list(range(1, len(plan["items"]) + 1))


@pytest.mark.weights
def test_a_preview_too_small_for_the_study_says_so(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "photos", each=7)
    for copy in (photos / "blots").glob("*.png"):
        copy.write_bytes((photos / "blots" / "0.png").read_bytes())  # one picture seven times is one group
    shisaku("init", photos, "--out", tmp_path / "r.yaml")
    done = shisaku("run", tmp_path / "r.yaml", "--preview", 2, "--out", tmp_path / "run")
    assert done.returncode == 5, done.stderr
    assert "larger --preview" in done.stderr


@pytest.mark.weights
def test_one_class_is_said_and_not_studied(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "photos", classes=("only",))
    shisaku("init", photos, "--out", tmp_path / "r.yaml")
    assert "only one class" in (tmp_path / "r.yaml").read_text()
    done = shisaku("run", tmp_path / "r.yaml", "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr


def test_japanese_texts_run_without_any_model(tmp_path: Path) -> None:
    table = text_table(tmp_path / "文章.csv", "ja")
    shisaku("init", table, "--out", tmp_path / "r.yaml")
    assert "char_ngrams" in (tmp_path / "r.yaml").read_text()
    done = shisaku("run", tmp_path / "r.yaml", "--preview", 12, "--out", tmp_path / "run", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["overall"] in ("ADOPT", "REJECT", "ABSTAIN")


@pytest.mark.weights
def test_augment_then_prove_on_two_folders(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "photos")
    done = shisaku("augment", photos, "--out", tmp_path / "made", "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["kept"] + made["dropped"] == made["made"]
    again = shisaku("augment", photos, "--out", tmp_path / "made")
    assert again.returncode == 4, "made data is never written over"
    proved = shisaku(
        "prove", "--real", photos, "--synthetic", tmp_path / "made", "--label", "class", "--preview", 8,
        "--out", tmp_path / "run", "--json",
    )  # fmt: skip
    assert proved.returncode == 0, proved.stderr
    arms = {row["arm"] for row in json.loads(proved.stdout)["verdicts"]}
    assert arms == {"synthetic", "synthetic_tuned"}


@pytest.mark.weights
def test_measure_finds_a_planted_copy(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "photos", each=6)
    copies = tmp_path / "copies"
    copies.mkdir()
    for i in range(4):
        (copies / f"{i}.png").write_bytes((photos / "blots" / f"{i}.png").read_bytes())
    done = shisaku("measure", "--synthetic", copies, "--real", photos, "--out", tmp_path / "run", "--json")
    assert done.returncode == 0, done.stderr
    bundle = json.loads(done.stdout)["batches"]["made"]
    assert bundle["items"]["near_copy_image"]["issues"] == 4
    assert bundle["state"] == "stopped"


def test_predictions_are_judged_and_bad_ones_refused(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(name: str, right: int, **more: object) -> Path:
        n = 200
        truth = ["a" if i % 2 else "b" for i in range(n)]
        told = [t if i < right else ("b" if t == "a" else "a") for i, t in enumerate(truth)]
        columns = {
            "item": [f"i{i}" for i in range(n)],
            "group": [f"g{i}" for i in range(n)],
            "truth": truth,
            "scores": told,
        }
        pq.write_table(pa.table({**columns, **more}), tmp_path / name)
        return tmp_path / name

    base, new = write("base.parquet", 100), write("new.parquet", 180)
    done = shisaku("prove", "--predictions", base, new, "--out", tmp_path / "run", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["overall"] == "ADOPT"
    worse = shisaku("prove", "--predictions", new, base, "--out", tmp_path / "worse", "--json", "--fail-unless-adopt")
    assert worse.returncode == 3
    assert json.loads(worse.stdout)["overall"] == "REJECT"
    pq.write_table(pa.table({"item": ["i0"], "truth": ["a"]}), tmp_path / "bad.parquet")
    bad = shisaku("prove", "--predictions", base, tmp_path / "bad.parquet")
    assert bad.returncode == 5
    assert "group, scores" in bad.stderr
