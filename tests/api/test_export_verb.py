"""The verbs `data export` and `data formats`, as a user or a script meets them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from api_material import text_table
from typer.testing import CliRunner

import shisaku
from shisaku.cli.app import app
from shisaku.core.sample import Sample
from shisaku.errors import DataError, MachineError, RecipeError
from shisaku.message import say
from shisaku.registry import doors
from shisaku.store.datasets import write_dataset
from shisaku.store.home import open_home
from shisaku.store.writers.losses import Losses
from shisaku.store.writers.writer import Written


@dataclass(frozen=True)
class Picky:
    """Writes ids only. For the test."""

    most: int = 2

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        losses, n = Losses(), 0
        for sample in samples:
            if n == self.most:
                losses.leave_out(say("There is no room"))
                continue
            (out / f"{n}.txt").write_text(sample.id)
            losses.rest(sample)
            n += 1
        return Written(n, losses.left_out, losses.messages())


def printed(*words: object) -> str:
    done = CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shisaku.ingest(text_table(tmp_path / "t.csv"), tmp_path / "home")
    return tmp_path / "home"


def test_a_version_goes_out_whole_and_comes_back_the_same(home: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    found = shisaku.export_data(
        home, "webdataset", tmp_path / "tars", progress=lambda what, done, total: seen.append((done, total))
    )
    n = len(open_home(home))
    assert (found["n"], found["left_out"], found["losses"], seen[-1]) == (n, 0, [], (n, n))
    again = shisaku.ingest(tmp_path / "tars", tmp_path / "again")
    assert (again["layout"], again["dropped"]) == ("webdataset", 0)
    assert open_home(tmp_path / "again").fingerprint == open_home(home).fingerprint


def test_a_plain_dataset_folder_goes_out_too(home: Path, tmp_path: Path) -> None:
    write_dataset(tmp_path / "plain", open_home(home))
    assert shisaku.export_data(tmp_path / "plain", "jsonl", tmp_path / "out")["n"] == len(open_home(home))
    with pytest.raises(DataError):
        shisaku.export_data(tmp_path / "nothing", "jsonl", tmp_path / "other")


def test_a_folder_with_something_in_it_is_left_alone(home: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("x")
    with pytest.raises(MachineError, match="not empty"):
        shisaku.export_data(home, "jsonl", tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert shisaku.export_data(home, "jsonl", tmp_path / "empty")["n"]


def test_what_is_lost_is_said_and_a_fault_leaves_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = EntryPoint("picky", f"{__name__}:Picky", doors.WRITERS)
    monkeypatch.setattr(doors, "_found", lambda group: {"picky": entry})
    said = printed("data", "export", home, "--to", "picky", "--set", "most=3", "--out", tmp_path / "o")
    assert f"3 samples written to {tmp_path / 'o'}, {len(open_home(home)) - 3} left out" in said
    assert "labels of 3 samples is not carried" in said
    assert "There is no room" in said
    monkeypatch.setattr(Picky, "write", lambda self, samples, out: (out / "half").write_text("x") / 0)
    with pytest.raises(ZeroDivisionError):
        shisaku.export_data(home, "picky", tmp_path / "broken")
    assert not [path for path in tmp_path.iterdir() if "broken" in path.name]


def test_wrong_formats_and_parameters_are_the_users_to_mend(home: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as error:
        shisaku.export_data(home, "parket", tmp_path / "out")
    assert "parquet" in str(error.value.next)
    with pytest.raises(RecipeError):
        shisaku.export_data(home, "parquet", tmp_path / "out", settings={"shard_gb": "1"})
    with pytest.raises(RecipeError):
        shisaku.export_data(home, "parquet", tmp_path / "out", settings={"shard_mb": "many"})
    assert not (tmp_path / "out").exists()


def test_the_list_of_formats_has_a_line_and_a_page_for_each() -> None:
    found = json.loads(printed("data", "formats", "--json"))
    assert {"parquet", "webdataset", "hf", "jsonl", "lance"} <= {row["name"] for row in found["readers"]}
    assert {"parquet", "webdataset", "hf", "jsonl"} <= {row["name"] for row in found["writers"]}
    assert all(0 < len(row["what"]) < 150 for rows in found.values() for row in rows)
    assert "save_to_disk" in printed("data", "formats", "hf")
    with pytest.raises(RecipeError):
        shisaku.data_formats("nothing")


def test_a_format_that_nothing_fits_is_an_error_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Nothing of this dataset fits the format kaldi"):
        shisaku.export_data(home, "kaldi", tmp_path / "k")
    assert not (tmp_path / "k").exists()
