"""`shisaku conditions`: cells of many runs, told alike whichever way they fell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conditions_runs import make_run
from typer.testing import CliRunner

from shisaku import api
from shisaku.cli.app import app
from shisaku.errors import DataError, RecipeError


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Eight runs on datasets of their own: variation helps everywhere, noise with wrong labels hurts everywhere."""
    root = tmp_path_factory.mktemp("runs")
    return [make_run(root, f"r{i}", (0.08 + 0.002 * i, -0.05 - 0.002 * i)) for i in range(8)]


def test_cells_say_what_was_known_before_training(runs: list[Path]) -> None:
    cells = api.conditions(runs[:1])["cells"]
    assert [cell["arm"] for cell in cells] == ["noisy", "varied"]  # by technique; the placebo is no cell
    noisy, varied = cells
    assert (varied["technique"], noisy["technique"]) == ("image.classical", "embedding.noise")
    assert (varied["modality"], varied["place"], varied["classes"], varied["per_class"]) == ("image", "same", 3, 5.0)
    assert (varied["ratio"], noisy["ratio"]) == (2.0, 1.0)
    assert (varied["gap"], noisy["gap"]) == (0.8, None)
    assert (varied["noise_made"], noisy["noise_made"]) == (0.0, 0.3)
    assert (varied["imbalance"], varied["outcome"], noisy["outcome"]) == (1.0, "helped", "hurt")


def test_a_rule_is_found_over_eight_datasets_and_the_page_and_json_say_the_same(
    runs: list[Path], tmp_path: Path
) -> None:
    found = api.conditions(runs, out=tmp_path / "page.html")
    assert found["finder"]["claim"] == "RULE"
    assert found["outcomes"] == {"helped": 8, "hurt": 8, "not shown": 0}
    assert len(found["datasets"]) == 8
    by_technique = {row["technique"]: row["says"] for row in found["matrix"]}
    assert by_technique == {"image.classical": "helps"}  # the noise has planted wrong labels
    adopted = {cell["technique"] for cell in found["cells"] if cell["adopted"]}
    assert adopted == {"image.classical"}
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert (page.count("<code>image.classical</code>"), page.count("<code>embedding.noise</code>")) == (9, 8)
    json.dumps(found, allow_nan=False)


def test_under_six_datasets_it_abstains(runs: list[Path]) -> None:
    finder = api.conditions(runs[:5])["finder"]
    assert (finder["claim"], finder["net_gain"], finder["rule"]) == ("ABSTAIN", None, None)


def test_runs_that_share_their_samples_are_one_dataset(tmp_path: Path) -> None:
    some = [make_run(tmp_path, f"again{i}", words="the same") for i in range(7)]
    found = api.conditions(some)
    assert len(found["datasets"]) == 1
    assert found["finder"]["claim"] == "ABSTAIN"
    named = api.conditions(some, datasets={"again0": "mine"})
    assert named["datasets"] == ["again0", "mine"]


def test_a_plan_that_was_run_twice_counts_once(tmp_path: Path) -> None:
    twice = [make_run(tmp_path, name, words="w", look="one plan") for name in ("first", "second")]
    found = api.conditions([*twice, twice[0]])
    assert len(found["cells"]) == 2
    assert any("count once" in note["text"] for note in found["notes"])


def test_samples_that_are_gone_leave_the_cells(tmp_path: Path) -> None:
    import shutil

    path = make_run(tmp_path, "moved")
    shutil.rmtree(path / "streams")
    (cell, _) = api.conditions([path])["cells"]
    assert cell["modality"] == "image"


def test_what_cannot_be_read_is_said(tmp_path: Path, runs: list[Path]) -> None:
    with pytest.raises(DataError, match="preview"):
        api.conditions([make_run(tmp_path, "look", preview=5)])
    stopped = make_run(tmp_path, "stopped")
    about = json.loads((stopped / "run.json").read_text())
    (stopped / "run.json").write_text(json.dumps(about | {"state": "partial"}))
    with pytest.raises(DataError, match="not come to its end"):
        api.conditions([stopped])
    with pytest.raises(DataError, match="no run"):
        api.conditions([tmp_path / "nothing"])
    with pytest.raises(RecipeError, match="No run"):
        api.conditions([])
    with pytest.raises(RecipeError, match="none of the runs"):
        api.conditions(runs[:1], datasets={"strange": "x"})


def test_the_command_prints_negative_cells_as_it_prints_others(runs: list[Path], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["conditions", *map(str, runs), "--out", str(tmp_path / "p.html")])
    assert done.exit_code == 0, done.output
    lines = [line for line in done.stdout.splitlines() if "real per class" in line]
    assert len(lines) == 16
    assert sum(line.endswith("hurt") for line in lines) == sum(line.endswith("helped") for line in lines) == 8
    told = CliRunner().invoke(app, ["conditions", *map(str, runs), "--json"])
    assert json.loads(told.stdout)["finder"]["claim"] == "RULE"


def test_names_of_a_run_are_text_on_the_page(tmp_path: Path) -> None:
    path = make_run(tmp_path, "hostile")
    api.conditions([path], datasets={"hostile": "<script>alert(1)</script>{x}"}, out=tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{x}" in page
