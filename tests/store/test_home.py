from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from store_material import pixels, sample, samples

from shisaku.core.drop import Drop
from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.store.codecs import encode_image
from shisaku.store.datasets import LanceDataset, SampleList
from shisaku.store.home import Home, Source, add_scores, commit, open_home, read_scores, writing
from shisaku.store.manifest import SCHEMA, manifest_bytes, read_manifest

FIXTURE = Path(__file__).parent / "fixtures" / "dataset-schema-1"


def put(root: Path, held: list[Sample], **more: object) -> Home:
    with writing(root) as home:
        commit(home, SampleList(held), **more)  # type: ignore[arg-type]
    return Home.open(root)


def picture(n: int, side: int = 200) -> Sample:
    return Sample(f"p{n:03d}", {"image": Part("image", encode_image(pixels(n, side, side)))}, {"class": "ab"[n % 2]})


def bytes_below(root: Path, shared: bool) -> int:
    """Bytes of files that are in no other folder too (or in all of them)."""
    files = {file.stat().st_ino: file.stat() for file in root.rglob("*") if file.is_file()}
    return sum(about.st_size for about in files.values() if shared or about.st_nlink == 1)


def test_versions_hold_what_was_committed(tmp_path: Path) -> None:
    first, second = samples(100), [*samples(90), sample(91, labels={"class": "z"}), sample(200)]
    drops = [Drop("bad", "data", "ingest", say("The file is empty"))]
    source = Source("folder", {"path": "x"}, "flat", (say("The files lie together"),))
    put(tmp_path / "h", first, source=source, drops=drops, when="2026-01-02T03:04:05+00:00", message="first")
    home = put(tmp_path / "h", second)
    assert list(open_home(tmp_path / "h", 1)) == first
    assert sorted(open_home(tmp_path / "h"), key=lambda s: s.id) == sorted(second, key=lambda s: s.id)
    assert open_home(tmp_path / "h").fingerprint == SampleList(second).fingerprint
    one, two = home.versions()
    assert (one.number, one.parent, one.n, one.dropped, one.message) == (1, 0, 100, 1, "first")
    assert one.source == source
    assert one.when.startswith("2026")
    assert (two.number, two.parent, two.n, two.dropped) == (2, 1, 92, 0)
    with pytest.raises(DataError, match="no version 3"):
        open_home(tmp_path / "h", 3)


def test_the_same_samples_are_the_same_version(tmp_path: Path) -> None:
    put(tmp_path / "h", samples(10))
    assert put(tmp_path / "h", samples(10)[::-1]).latest() == 1


def test_a_new_version_writes_only_the_difference(tmp_path: Path) -> None:
    held = [picture(n) for n in range(40)]
    put(tmp_path / "h", held)
    whole = bytes_below(tmp_path / "h", shared=True)
    changed = [*held[1:-1], picture(50), replace(held[-1], labels={"class": "z"})]
    home = put(tmp_path / "h", changed)
    written = bytes_below(tmp_path / "h", shared=True) - whole
    assert written < 0.1 * whole, (written, whole)
    assert sorted(open_home(tmp_path / "h"), key=lambda s: s.id) == sorted(changed, key=lambda s: s.id)
    assert list(open_home(tmp_path / "h", 1)) == held
    assert [one.number for one in home.versions()] == [1, 2]


def test_many_small_changes_never_keep_mostly_dead_rows(tmp_path: Path) -> None:
    held = [picture(n, 40) for n in range(12)]
    for turn in range(8):
        held = [*held[2:], picture(100 + 2 * turn, 40), picture(101 + 2 * turn, 40)]
        put(tmp_path / "h", held)
        found = open_home(tmp_path / "h")
        assert list(found) == sorted(held, key=lambda s: s.id)
        assert found.rows_on_disk() <= 2 * len(held) + 4


def test_scores_write_no_media(tmp_path: Path) -> None:
    held = [picture(n) for n in range(40)]
    put(tmp_path / "h", held)
    whole = bytes_below(tmp_path / "h", shared=True)
    add_scores(tmp_path / "h", {"quality": {s.id: n / 40 for n, s in enumerate(held)}})
    add_scores(tmp_path / "h", {"split": {held[0].id: "train", held[1].id: "test"}})
    written = bytes_below(tmp_path / "h", shared=True) - whole
    assert written < 0.02 * whole, (written, whole)
    assert read_scores(tmp_path / "h", "quality")["p020"] == 0.5
    assert read_scores(tmp_path / "h", "split") == {"p000": "train", "p001": "test"}
    assert open_home(tmp_path / "h").fingerprint == SampleList(held).fingerprint
    with pytest.raises(DataError, match="no scores called quality"):
        read_scores(tmp_path / "h", "quality", 1)
    with pytest.raises(DataError, match="nobody"):
        add_scores(tmp_path / "h", {"quality": {"nobody": 1.0}})
    with pytest.raises(DataError, match="no name"):
        add_scores(tmp_path / "h", {"a b": {}})


@pytest.mark.parametrize("stay", [35, 10])  # the table is linked, or written anew
def test_scores_of_samples_that_stay_are_kept(tmp_path: Path, stay: int) -> None:
    held = [picture(n, 30) for n in range(40)]
    put(tmp_path / "h", held)
    add_scores(tmp_path / "h", {"quality": {s.id: float(n) for n, s in enumerate(held)}})
    changed = replace(held[0], labels={"class": "z"})
    put(tmp_path / "h", [changed, *held[1:stay], picture(77, 30)])
    assert read_scores(tmp_path / "h", "quality") == {f"p{n:03d}": float(n) for n in range(1, stay)}
    add_scores(tmp_path / "h", {"quality": {"p077": 1.0}})
    assert read_scores(tmp_path / "h", "quality") == {"p077": 1.0}


def test_big_media_are_files_and_the_home_can_move(tmp_path: Path) -> None:
    small, big = picture(1, 20), picture(2, 300)
    put(tmp_path / "h", [small, big], inline_mb=0.05)
    blobs = list((tmp_path / "h" / "blobs").iterdir())
    assert [blob.read_bytes() for blob in blobs] == [big.parts["image"].data]
    assert list(open_home(tmp_path / "h")) == [small, big]
    shutil.move(tmp_path / "h", tmp_path / "elsewhere")
    assert list(open_home(tmp_path / "elsewhere")) == [small, big]
    put(tmp_path / "elsewhere", [small, big, picture(3, 20)], inline_mb=0.05)
    assert len(list((tmp_path / "elsewhere" / "blobs").iterdir())) == 1
    for harm in (lambda: blobs_of(tmp_path)[0].write_bytes(b"x"), lambda: blobs_of(tmp_path)[0].unlink()):
        harm()
        with pytest.raises(DataError, match="media file"):
            open_home(tmp_path / "elsewhere").take(["p002"])


def blobs_of(root: Path) -> list[Path]:
    return list((root / "elsewhere" / "blobs").iterdir())


def test_a_row_cannot_name_a_file_outside(tmp_path: Path) -> None:
    from shisaku.store.blobs import get

    secret = tmp_path / "secret"
    secret.write_bytes(b"s")
    (tmp_path / "h" / "blobs").mkdir(parents=True)
    import hashlib

    digest = hashlib.sha256(b"s").hexdigest()
    os.symlink(secret, tmp_path / "h" / "blobs" / digest)
    for name in ("../secret", str(secret), f"blobs/../../{'0' * 64}", f"blobs/{digest}"):
        with pytest.raises(DataError):
            get(tmp_path / "h", name)


def test_checkout_and_leftovers(tmp_path: Path) -> None:
    put(tmp_path / "h", samples(10))
    home = put(tmp_path / "h", samples(20))
    with writing(tmp_path / "h") as held:
        held.set_head(1, 2)
    assert len(open_home(tmp_path / "h")) == 10
    (home.path / "tables" / "000003").mkdir()
    (home.path / "versions" / "000003.json").write_text("{")
    put(tmp_path / "h", samples(5))
    assert [one.parent for one in home.versions()] == [0, 1, 1]
    assert sorted(path.name for path in (home.path / "tables").iterdir()) == ["000001", "000002", "000003"]


def test_a_dataset_of_schema_1_is_read_and_comes_into_a_home(tmp_path: Path) -> None:
    old = LanceDataset(FIXTURE)
    assert old.manifest["schema"] == 1
    assert old.fingerprint == "647fc45ef92dd00933f7c07425b0cf00"
    held = list(old)
    assert len(held) == 3
    assert SampleList(held).fingerprint == old.fingerprint
    assert {part.clock for one in held for part in one.parts.values()} <= {""}
    with writing(tmp_path / "h") as home:
        made = commit(home, old)
    assert made.fingerprint == old.fingerprint
    assert list(open_home(tmp_path / "h")) == held
    assert home.dataset(made).manifest["schema"] == SCHEMA


def test_a_newer_schema_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "h", samples(2))
    monkeypatch.setattr("shisaku.store.manifest.SCHEMA", SCHEMA + 1)
    newer = manifest_bytes({"format": "shisaku-dataset"})
    monkeypatch.undo()
    (tmp_path / "h" / "shisaku-dataset.json").write_bytes(newer)
    with pytest.raises(MachineError, match=f"schema {SCHEMA + 1}"):
        open_home(tmp_path / "h")


def test_folders_of_other_things_are_refused(tmp_path: Path) -> None:
    (tmp_path / "h").mkdir()
    (tmp_path / "h" / "mine.txt").write_text("x")
    with pytest.raises(MachineError, match="not empty"), writing(tmp_path / "h"):
        pass
    with pytest.raises(DataError, match="no dataset here"):
        open_home(tmp_path / "h")
    with writing(tmp_path / "empty"):
        pass
    with pytest.raises(DataError, match="no version"):
        open_home(tmp_path / "empty")


def test_a_second_writer_is_told_who_is_there(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys
        from shisaku.errors import MachineError
        from shisaku.store.home import writing
        try:
            with writing(sys.argv[1]):
                print("in")
        except MachineError as error:
            print(error)
    """)
    with writing(tmp_path / "h"):
        said = subprocess.run(
            [sys.executable, "-c", script, tmp_path / "h"], capture_output=True, text=True, check=True
        )
    assert f"Process {os.getpid()}" in said.stdout
    assert "is writing to this dataset" in said.stdout
    again = subprocess.run([sys.executable, "-c", script, tmp_path / "h"], capture_output=True, text=True, check=True)
    assert again.stdout == "in\n"


def test_manifests_are_sealed(tmp_path: Path) -> None:
    home = put(tmp_path / "h", samples(2))
    file = home.version_file(1)
    assert read_manifest(file)["n"] == 2
    file.write_text(file.read_text().replace('"n": 2', '"n": 3'))
    with pytest.raises(DataError, match="damaged"):
        open_home(tmp_path / "h")


def test_ids_with_quotes_leave_a_linked_table(tmp_path: Path) -> None:
    odd = ["it's", 'a"b', "x\\y", "'; --", "日本", "a%b"]
    held = [sample(n, id=name) for n, name in enumerate(odd)] + samples(20)
    put(tmp_path / "h", held)
    put(tmp_path / "h", held[6:])
    assert open_home(tmp_path / "h").ids() == [s.id for s in samples(20)]
    assert np.all([s.id in open_home(tmp_path / "h", 1).ids() for s in held])
