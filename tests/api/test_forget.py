"""What is forgotten is gone: from all versions, runs, caches and pages, and the search would have found it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from api_material import class_folder

import shisaku
from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, MachineError
from shisaku.store.datasets import SampleList
from shisaku.store.forget.search import search
from shisaku.store.forget.targets import Targets, targets_of
from shisaku.store.home import Home, add_scores, commit, open_home, read_scores, writing
from shisaku.store.run import Run

RECIPE = """\
schema: 1
name: x
data: {reader: dataset, with: {path: ds}}
steps:
  - {name: varied, op: image.classical, from: data, rounds: 2, with: {image: image}}
  - {name: pasted, op: image.classical, from: varied, with: {image: image}}
  - {name: quality, op: image.visual_quality, from: [data, varied], with: {image: image}}
keep:
  - {name: kept, of: varied, rules: [{metric: quality, min: 0.0}]}
"""


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def put(root: Path, held: list[Sample], inline_mb: float = 4.0) -> Home:
    with writing(root) as home:
        commit(home, SampleList(held), inline_mb=inline_mb)
    return Home.open(root)


def text(id_: str, **more: object) -> Sample:
    return Sample(id_, {"text": Part.from_text(f"the words of {id_} and of nobody else")}, **more)  # type: ignore[arg-type]


def everything(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def cooked(root: Path) -> tuple[Path, str, Targets]:
    """A dataset of two versions with a score and a run made from it; the id to forget, and what it is known by."""
    photos = class_folder(root / "photos", each=5)
    shisaku.ingest(photos, root / "ds", licence="CC0-1.0")
    (photos / "stripes" / "4.png").unlink()
    shisaku.ingest(photos, root / "ds", licence="CC0-1.0")
    target = "stripes/1.png"
    targets = targets_of(open_home(root / "ds").take([target]))
    add_scores(root / "ds", {"quality": dict.fromkeys(open_home(root / "ds").ids(), 0.5)})
    (root / "r.yaml").write_text(RECIPE)
    shisaku.run(root / "r.yaml", out=root / "run")
    return root / "ds", target, targets


def test_a_record_is_gone_from_everywhere(tmp_path: Path) -> None:
    place, target, targets = cooked(tmp_path)
    shutil.rmtree(tmp_path / "photos")
    before = Run.open(tmp_path / "run")
    made = {row["child"] for row in before.read_rows("lineage") if row["child"].startswith(target)}
    assert made
    holding = search([place, tmp_path / "cache", tmp_path / "run"], targets).found
    names = " ".join(holding)
    for where in ("tables", "steps", "datasets", "samples.json", "lineage.parquet", "report.html"):
        assert where in names, f"the search does not see it in {where}"

    found = shisaku.data_forget(place, target, runs=[tmp_path / "run"])
    assert found["found"] == []
    assert found["files"] > 20
    assert target in found["ids"]
    assert made <= set(found["ids"])
    assert found["runs"] == {str(tmp_path / "run"): "made anew"}
    assert search([place, tmp_path / "cache", tmp_path / "run"], targets).found == ()
    for version in (1, 2, 3):
        held = open_home(place, version)
        assert target not in held.ids()
        assert list(held)
    assert Home.open(place).version(1).forgotten == 1
    assert set(read_scores(place, "quality")) == set(open_home(place).ids())
    run = Run.open(tmp_path / "run")
    assert not [id_ for name in run.streams() for id_ in run.stream(name).ids() if id_.startswith(target)]
    assert not [row for row in run.read_rows("scores") if row["sample"].startswith(target)]
    assert len(run.stream("data")) == 8
    assert (tmp_path / "run" / "report.html").is_file()


def test_evidence_that_speaks_of_it_goes_whole_and_the_batches_are_prototypes_again(tmp_path: Path) -> None:
    place, target, _ = cooked(tmp_path)
    run = Run.open(tmp_path / "run")
    bundle = tmp_path / "run" / "evidence" / "varied" / "bundle.json"
    bundle.parent.mkdir(parents=True)
    bundle.write_text(json.dumps({"sheet": {"worst": [f"{target}/varied.0"], "random": []}}))
    (bundle.parent.parent / "report.html").write_text(f"<p>{target}/varied.0</p>")
    own = tmp_path / "run" / "work" / "judged-1a2b3c4d5e6f"
    judged = Run.create(own, recipe_text="name: x", recipe_fingerprint="x")
    judged.write_rows("scores", [{"sample": f"{target}/varied.0", "step": "s", "value": 0.5}])
    judged.finish("done")
    state = {"state": "stopped", "stopped_by": [], "sha256": "a" * 64}
    run.write_json("run", {"batches": {"varied": {"measured_by": ["quality"], "kept_by": ["kept"], **state}}})
    shisaku.write_report(run.path)
    assert "evidence/report.html" in (run.path / "report.html").read_text()

    found = shisaku.data_forget(place, target, runs=[run.path])
    assert found["evidence"] == [str(run.path)]
    assert found["found"] == []
    assert not bundle.parent.parent.exists()
    assert not own.exists()
    assert "evidence/report.html" not in (run.path / "report.html").read_text()
    (held,) = Run.open(run.path).read_json("run")["batches"].values()
    assert held == {"state": "measured", "measured_by": ["quality"], "kept_by": ["kept"]}


def test_evidence_of_other_records_stays(tmp_path: Path) -> None:
    place, _, _ = cooked(tmp_path)
    put(tmp_path / "h", [text("one-record"), text("two-record")])
    page = tmp_path / "run" / "evidence" / "report.html"
    page.parent.mkdir()
    page.write_text("<p>nobody</p>")
    assert shisaku.data_forget(tmp_path / "h", "one-record", runs=[tmp_path / "run"])["evidence"] == []
    assert page.is_file()
    assert place.is_dir()


def test_versions_share_files_again_afterwards(tmp_path: Path) -> None:
    held = [Sample(f"s{n}", {"text": Part.from_text(os.urandom(20_000).hex())}) for n in range(20)]
    put(tmp_path / "h", held)
    put(tmp_path / "h", [*held[:-1], text("new")])
    shisaku.data_forget(tmp_path / "h", "s3")
    inodes: dict[int, int] = {}
    for path in everything(tmp_path / "h" / "tables"):
        inodes[path.stat().st_ino] = path.stat().st_size
    assert sum(inodes.values()) < 1.3 * 20 * 40_000


def test_what_descends_goes_and_what_only_resembles_stays(tmp_path: Path) -> None:
    held = [
        text("a.png"),
        text("b/a.png"),
        text("a.png2"),
        text("a.png/vary.0", parents=("a.png",), depth=1),
        text("other/mix.0", parents=("other", "a.png"), depth=1),
        text("other/mix.0/say.1", parents=("other/mix.0",), depth=2),
        text("other"),
        text("same-group", group="a.png", facts={"next": "a.png", "kept": "yes"}),
        text("a.png#2", group="a.png"),
    ]
    put(tmp_path / "h", held)
    found = shisaku.data_forget(tmp_path / "h", "a.png")
    assert found["ids"] == ["a.png", "a.png/vary.0", "other/mix.0", "other/mix.0/say.1"]
    assert found["found"] == []
    rest = {sample.id: sample for sample in open_home(tmp_path / "h")}
    assert sorted(rest) == ["a.png#2", "a.png2", "b/a.png", "other", "same-group"]
    assert rest["same-group"].facts == {"kept": "yes"}
    assert rest["same-group"].group == rest["a.png#2"].group != "a.png"


def test_content_that_others_hold_too_is_theirs(tmp_path: Path) -> None:
    shared = Part("text", b"these words stand in two records, both real")
    put(tmp_path / "h", [Sample("one-record", {"text": shared}), Sample("two-record", {"text": shared})])
    assert shisaku.data_forget(tmp_path / "h", "one-record")["found"] == []
    assert open_home(tmp_path / "h").ids() == ["two-record"]


def test_an_id_that_tells_nothing_is_only_meant_where_ids_stand(tmp_path: Path) -> None:
    held = [
        Sample(str(n), {"text": Part.from_text(f"{n} {n}")}, {"class": str(n % 3)}, facts={"page": str(n)})
        for n in range(9)
    ]
    put(tmp_path / "h", held)
    assert shisaku.data_forget(tmp_path / "h", "1")["found"] == []
    assert list(open_home(tmp_path / "h")) == [one for one in held if one.id != "1"]


def test_media_files_go_unless_others_need_them(tmp_path: Path) -> None:
    a, b = (Part("text", os.urandom(5000).hex().encode()) for _ in range(2))
    put(tmp_path / "h", [Sample("record-1", {"a": a, "b": b}), Sample("record-2", {"b": b})], inline_mb=0.001)
    assert len(everything(tmp_path / "h" / "blobs")) == 2
    assert shisaku.data_forget(tmp_path / "h", "record-1")["found"] == []
    assert len(everything(tmp_path / "h" / "blobs")) == 1
    assert open_home(tmp_path / "h").take(["record-2"])[0].parts["b"] == b


def test_a_drop_can_be_forgotten_and_nobody_cannot(tmp_path: Path) -> None:
    photos = class_folder(tmp_path / "photos", each=2)
    (photos / "broken.png").write_bytes(b"broken")
    shisaku.ingest(photos, tmp_path / "ds")
    with pytest.raises(DataError, match="nobody"):
        shisaku.data_forget(tmp_path / "ds", "nobody")
    assert shisaku.data_forget(tmp_path / "ds", "broken.png")["found"] == []
    assert Home.open(tmp_path / "ds").version().dropped == 0


def test_what_is_left_is_listed_and_exit_4(tmp_path: Path) -> None:
    put(tmp_path / "h", [text("record-1"), text("record-2")])
    (tmp_path / "h" / "notes.txt").write_text("ask about record-1 again")
    done = subprocess.run(
        [sys.executable, "-m", "shisaku", "data", "forget", "h", "record-1", "--yes", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert json.loads(done.stdout)["found"] == ["h/notes.txt"]
    (tmp_path / "h" / "notes.txt").unlink()
    assert shisaku.data_forget(tmp_path / "h", "record-1")["found"] == []
    assert not [path for path in everything(tmp_path / "h") if b"record-1" in path.read_bytes()]


def test_the_last_record_can_be_forgotten(tmp_path: Path) -> None:
    put(tmp_path / "h", [text("record-1")])
    assert shisaku.data_forget(tmp_path / "h", "record-1")["found"] == []
    assert open_home(tmp_path / "h").ids() == []


def test_a_forgetting_that_was_killed_goes_on(tmp_path: Path) -> None:
    held = [text(f"record-{n:03d}") for n in range(200)]
    for n in range(6):
        put(tmp_path / "h", [*held[: 190 - n], text(f"new-{n}")])
    command = [sys.executable, "-m", "shisaku", "data", "forget", "h", "record-007", "--yes", "--json"]
    stopped = 0
    for delay in (0.0, 0.05, 0.1, 0.15, 0.2):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            began = time.monotonic()
            while not (tmp_path / "h" / "forget.json").exists() and process.poll() is None:
                assert time.monotonic() - began < 60
                time.sleep(0.005)
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
        for version in range(1, 7):
            assert len(open_home(tmp_path / "h", version)) >= 184
        if (tmp_path / "h" / "forget.json").exists():
            stopped += 1
            with pytest.raises(MachineError, match="not finished"), writing(tmp_path / "h"):
                pass
    assert stopped
    assert shisaku.data_forget(tmp_path / "h", "record-007")["found"] == []
    assert [one.forgotten for one in Home.open(tmp_path / "h").versions()] == [1] * 6
    for path in everything(tmp_path / "h"):
        assert b"record-007" not in path.read_bytes(), path


def test_speech_made_of_a_forgotten_recording_goes(tmp_path: Path) -> None:
    import numpy as np

    from shisaku.models.speech_cache import kept_speech
    from shisaku.store.codecs import encode_wave

    waves = [kept_speech("w", f"said {n}", "v", 1.0, lambda n=n: (wave(n), 16_000))[0] for n in range(2)]  # type: ignore[misc]
    held = [
        Sample(f"sound-{n}", {"audio": Part("audio", encode_wave(np.asarray(w), 16_000))}) for n, w in enumerate(waves)
    ]
    put(tmp_path / "h", held)
    assert len(everything(tmp_path / "cache" / "speech")) == 2
    assert shisaku.data_forget(tmp_path / "h", "sound-0")["found"] == []
    assert len(everything(tmp_path / "cache" / "speech")) == 1


def wave(n: int):  # type: ignore[no-untyped-def]
    import numpy as np

    return (0.3 * np.sin(np.arange(4000) * (n + 1) / 10)).astype(np.float32)
