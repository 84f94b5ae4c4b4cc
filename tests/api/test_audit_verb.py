"""``shisaku audit`` on small folders: the contract that scripts read, counts that add up, nothing changed in place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from api_material import class_folder, text_table
from PIL import Image
from typer.testing import CliRunner

from shisaku.api import audit, ingest
from shisaku.cli.app import app
from shisaku.errors import DataError, RecipeError
from shisaku.store.home import Home, open_home, read_scores


def faulty(tmp_path: Path) -> Path:
    """Twenty pictures in two classes, a copy of one, a black one, a broken one."""
    folder = class_folder(tmp_path / "in", each=10)
    shutil.copy(folder / "blots" / "3.png", folder / "blots" / "copy.png")
    Image.fromarray(np.zeros((48, 48, 3), np.uint8)).save(folder / "stripes" / "black.png")
    (folder / "stripes" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 30)
    return folder


def found_by(told: dict[str, Any], detector: str) -> list[str]:
    return [issue["id"] for issue in told["issues"][detector]]


def test_quick_prints_one_json_object_with_the_contract(tmp_path: Path) -> None:
    folder = faulty(tmp_path)
    done = CliRunner().invoke(app, ["audit", str(folder), "--quick", "--json", "--out", str(tmp_path / "run")])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["samples"], told["dropped"]) == (22, 1)
    assert told["seconds"] > 0
    assert found_by(told, "exact_image") in (["blots/copy.png"], ["blots/3.png"])
    assert "stripes/black.png" in found_by(told, "exposure")
    for issues in told["issues"].values():
        for issue in issues:
            assert set(issue) == {"id", "file", "score", "reason", "group"}
            assert 0 <= issue["score"] <= 1
            assert issue["reason"]
    (copy,) = told["issues"]["exact_image"]
    assert Path(copy["file"]).name == Path(copy["id"]).name
    assert copy["group"] in ("blots/copy.png", "blots/3.png")


def test_the_page_holds_what_was_found_in_both_languages(tmp_path: Path) -> None:
    result = audit(faulty(tmp_path), level="quick", out=tmp_path / "run")
    page = result.page.read_text(encoding="utf-8")
    assert "data:image/jpeg" in page
    assert "Same image twice" in page
    assert "同じ画像の重複" in page
    assert str(tmp_path) not in page.split('id="how"')[0], "where the data lie is nobody's business"
    assert "<strong>" in result._repr_html_()


def test_the_same_audit_again_takes_it_from_the_cache(tmp_path: Path) -> None:
    folder = faulty(tmp_path)
    one = audit(folder, level="quick", out=tmp_path / "run").to_json()
    again = audit(folder, level="quick", out=tmp_path / "run").to_json()
    assert one["issues"] == again["issues"]


def test_fix_writes_a_new_version_and_changes_nothing(tmp_path: Path) -> None:
    folder = faulty(tmp_path)
    before = {path: path.read_bytes() for path in folder.rglob("*.png")}
    result = audit(folder, level="quick", out=tmp_path / "run", fix=tmp_path / "ds")
    assert {path: path.read_bytes() for path in folder.rglob("*.png")} == before
    assert result.version is not None
    assert (result.version["version"], result.version["dropped"]) == (2, 1)
    assert (len(open_home(tmp_path / "ds", 1)), len(open_home(tmp_path / "ds"))) == (22, 21)
    scores = read_scores(tmp_path / "ds", "exposure_score")
    assert float(scores["stripes/black.png"]) < 0.5
    assert read_scores(tmp_path / "ds", "is_exposure_issue")["stripes/black.png"] is True


def test_scores_go_into_a_dataset_that_is_there(tmp_path: Path) -> None:
    folder = faulty(tmp_path)
    ingest(folder, tmp_path / "ds")
    audit(tmp_path / "ds", level="quick", out=tmp_path / "run", save_scores=True)
    home = Home.open(tmp_path / "ds")
    assert home.version().number == 2
    assert home.version().fingerprint == home.version(1).fingerprint
    assert "blur_score" in home.version().scores
    with pytest.raises(DataError, match="in a dataset only"):
        audit(folder, level="quick", out=tmp_path / "other", save_scores=True)


def test_another_dataset_that_shares_an_image(tmp_path: Path) -> None:
    folder = faulty(tmp_path)
    other = class_folder(tmp_path / "other", each=4, seed=9)
    shutil.copy(folder / "blots" / "5.png", other / "blots" / "same.png")
    told = audit(folder, level="quick", against=other, out=tmp_path / "run").to_json()
    assert told["samples"] == 22
    assert found_by(told, "against_exact_image") == ["blots/5.png"]
    with pytest.raises(DataError, match="compared with themselves"):
        audit(folder, level="quick", against=folder, out=tmp_path / "self")


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    profile = tmp_path / "mine.yaml"
    profile.write_text("detectors:\n  - {name: blur, off: true}\n  - {name: exact_image, fix: ''}\n")
    result = audit(faulty(tmp_path), level="quick", out=tmp_path / "run", profile=profile, fix=tmp_path / "ds")
    assert "blur" not in result.to_json()["issues"]
    assert result.version is not None
    assert result.version["dropped"] == 0


def test_sensitivity_answers_on_texts(tmp_path: Path) -> None:
    table = text_table(tmp_path / "t.csv", lang="ja", each=20)
    profile = tmp_path / "none.yaml"
    profile.write_text("detectors:\n  - {name: only, op: text.repetition}\n")
    result = audit(
        table,
        level="quick",
        out=tmp_path / "run",
        profile=profile,
        settings={"text": "text", "label": "label", "lang": "ja"},
        sensitivity="labels",
    )
    assert result.sensitivity is not None
    assert result.sensitivity["doses"][-1]["change"] < 0
    assert "sensitivity-chart" in result.page.read_text(encoding="utf-8")


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError):
        audit(tmp_path / "empty", level="quick")
    done = CliRunner().invoke(app, ["audit", str(tmp_path), "--quick", "--deep"])
    assert isinstance(done.exception, RecipeError)


def test_hostile_names_and_labels_do_not_reach_the_page_as_markup(tmp_path: Path) -> None:
    folder = faulty(tmp_path)
    (folder / "blots").rename(folder / "<script>alert(1)<")
    page = audit(folder, level="quick", out=tmp_path / "run").page.read_text(encoding="utf-8")
    assert "<script>alert" not in page
