"""The verbs `ingest` and `data`, as a user or a script meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from api_material import class_folder, text_table

import shisaku
from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.store.home import open_home


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))


def call(*words: object, code: int = 0) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "shisaku", *map(str, words), "--json"],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return dict(json.loads(done.stdout))


def test_the_contract_of_ingest(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "photos")
    good = sum(1 for path in photos.rglob("*.png"))
    for n in range(3):
        (photos / f"bad{n}.png").write_bytes(b"not a picture")
    found = call("ingest", photos, "--out", tmp_path / "ds")
    assert found["layout"] == "class folders"
    assert found["samples"] == good
    assert found["dropped"] == 3
    assert list(found["drops_by_reason"].values()) == [3]
    (example,) = found["drop_examples"].values()
    assert example["sample"] == "bad0.png"
    assert found["version"] == 1
    assert found["fingerprint"] == open_home(tmp_path / "ds").fingerprint
    import pyarrow.parquet as pq

    drops = pq.read_table(tmp_path / "ds" / "versions" / "000001.drops.parquet").to_pylist()
    assert sorted(row["sample"] for row in drops) == ["bad0.png", "bad1.png", "bad2.png"]
    assert all(row["text"] for row in drops)


def test_nothing_usable_is_exit_5_with_the_reasons(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    for n in range(4):
        (tmp_path / "x" / f"{n}.png").write_bytes(b"no")
    found = call("ingest", tmp_path / "x", "--out", tmp_path / "ds", code=5)
    assert (found["samples"], found["dropped"], found["layout"]) == (0, 4, "flat")
    assert sum(found["drops_by_reason"].values()) == 4
    with pytest.raises(DataError, match="no version"):
        open_home(tmp_path / "ds")
    call("ingest", tmp_path / "nowhere", "--out", tmp_path / "ds", code=5)


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "photos")
    found = call("ingest", photos, "--dry-run")
    assert found["samples"] == sum(1 for path in photos.rglob("*.png"))
    assert not (tmp_path / "cache").exists()


def test_settings_limits_licence_and_consent(tmp_path: Path) -> None:
    table = text_table(tmp_path / "t.csv")
    shisaku.ingest(
        table, tmp_path / "ds", known_as="table", licence="CC0-1.0", consent="given", settings={"lang": "en"}
    )
    one = next(iter(open_home(tmp_path / "ds")))
    assert (one.licence, one.consent, one.parts["text"].lang) == ("CC0-1.0", "given", "en")
    photos = class_folder(tmp_path / "photos")
    shisaku.ingest(photos, tmp_path / "small", limits={"max_side": "8"}, settings={"level": "-1"})
    assert "image_shrunk" in next(iter(open_home(tmp_path / "small"))).facts
    with pytest.raises(RecipeError, match="maxside"):
        shisaku.ingest(photos, tmp_path / "small", limits={"maxside": "8"})
    with pytest.raises(RecipeError, match="levl"):
        shisaku.ingest(photos, tmp_path / "small", settings={"levl": "1"})


def test_versions_from_the_command_line(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "photos")
    files = sorted(photos.rglob("*.png"))
    gone = files[0].relative_to(photos).as_posix()
    place = tmp_path / "ds"
    call("ingest", photos, "--out", place)
    files[0].unlink()
    files[1].write_bytes(files[2].read_bytes())
    call("ingest", photos, "--out", place, "-m", "one less")
    log = call("data", "log", place)
    assert [(row["version"], row["message"], row["in_use"]) for row in log["versions"]] == [
        (2, "one less", True),
        (1, "", False),
    ]
    assert log["versions"][0]["when"].endswith("+00:00")
    diff = call("data", "diff", place)
    assert (diff["old"], diff["new"]) == (1, 2)
    assert diff["removed"] == [gone]
    (changed,) = diff["changed"].items()
    assert changed[0] == files[1].relative_to(photos).as_posix()
    assert "parts.image.content" in changed[1]
    shown = call("data", "show", place, gone, "--version", "1")
    assert shown["sample"]["id"] == gone
    call("data", "show", place, gone, code=5)
    assert call("data", "show", place)["samples"] == len(files) - 1
    call("data", "checkout", place, "1")
    assert gone in open_home(place).ids()
    call("data", "checkout", place, "7", code=5)


def test_a_dataset_can_be_cooked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photos = class_folder(tmp_path / "photos")
    shisaku.ingest(photos, tmp_path / "ds", licence="CC0-1.0")
    monkeypatch.chdir(tmp_path)
    shisaku.init(tmp_path / "ds", out=tmp_path / "r.yaml")
    assert "reader: dataset" in (tmp_path / "r.yaml").read_text()
    (tmp_path / "plain.yaml").write_text(
        "schema: 1\nname: x\ndata: {reader: folder, with: {path: photos, licence: CC0-1.0}}\nsteps:\n"
        "  - {name: varied, op: image.classical, from: data, with: {image: image}}\n"
    )
    first = shisaku.run(tmp_path / "plain.yaml", out=tmp_path / "run1")
    second = shisaku.run(tmp_path / "plain.yaml", out=tmp_path / "run2", data=tmp_path / "ds")
    from shisaku.store.run import Run

    one, two = (Run.open(result.path).streams() for result in (first, second))
    assert one["data"]["fingerprint"] == two["data"]["fingerprint"]
    assert one["varied"]["fingerprint"] == two["varied"]["fingerprint"]


def test_reasons_are_few_and_say_what_they_share() -> None:
    from shisaku.api.drop_reasons import by_reason

    drops = [(f"r{n}", say("There is no file {path}", path=f"{n}.png")) for n in range(1000)]
    drops += [("x", say("Decoding takes longer than {seconds:g} s", seconds=20.0))] * 2
    drops += [("y", say("Wrong: {why}", why=say("line {n}", n=n))) for n in range(5)]
    drops += [("z", say("{cause}", cause="odd"))]
    found = by_reason(drops)
    assert [(one.reason, one.n) for one in found] == [
        ("There is no file …", 1000),
        ("Wrong: …", 5),
        ("Decoding takes longer than 20 s", 2),
        ("odd", 1),
    ]
    assert (found[0].sample, found[0].text) == ("r0", "There is no file 0.png")
