from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from store_material import caption_table, class_folders, pixels, save_image, save_sound, save_table, sound_table

from shisaku.core.drop import Failure
from shisaku.core.sample import Sample
from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.store.codecs import decode_image, decode_wave
from shisaku.store.decoded import Decoded
from shisaku.store.ingest import Ingested, ingest
from shisaku.store.job import Job
from shisaku.store.limits import Limits
from shisaku.store.readers.folder import FolderReader
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.table import TableReader
from shisaku.store.sandbox import Sandbox


@dataclass(frozen=True)
class ListReader:
    """Records that a test makes up."""

    held: tuple[Record, ...] = field(default_factory=tuple)

    def records(self) -> Iterator[Record]:
        return iter(self.held)

    def fingerprint(self) -> str:
        return "list"


def samples_of(found: Ingested) -> dict[str, Sample]:
    return {sample.id: sample for sample in found.dataset}


def reasons_of(found: Ingested) -> dict[str, str]:
    return {drop.sample: str(drop.reason) for drop in found.drops}


def test_images_come_in_with_labels_and_provenance(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    root = class_folders(tmp_path / "data")
    found = ingest(FolderReader(str(root)), tmp_path / "cache", lambda *args: seen.append(args))
    assert found.drops == ()
    held = samples_of(found)["dog/001.png"]
    assert held.labels == {"class": "dog"}
    assert (decode_image(held.parts["image"]) == pixels(101)).all()
    assert held.parts["image"].uri == str(root / "dog" / "001.png")
    assert set(held.facts) == {"image_sha256", "image_size"}
    assert held.depth == 0
    assert seen[0] == ("read", 0, 6)
    assert seen[-1] == ("read", 6, 6)
    assert (tmp_path / "cache" / "datasets" / found.dataset.fingerprint).is_dir()


def test_the_dataset_depends_on_content_not_on_place_or_workers(tmp_path: Path) -> None:
    one = ingest(FolderReader(str(sound_table(tmp_path / "a")), label="label", group="speaker"), tmp_path / "c1")
    two = ingest(
        FolderReader(str(sound_table(tmp_path / "b")), label="label", group="speaker"), tmp_path / "c2", workers=1
    )
    assert one.dataset.fingerprint == two.dataset.fingerprint
    held = samples_of(one)["wav/003.wav"]
    assert held.group == "s3"
    wave, rate = decode_wave(held.parts["audio"])
    assert (wave.size, rate) == (4000, 16000)


def test_kept_and_dropped_are_all_records(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "data", each=5)
    (root / "cat" / "torn.png").write_bytes((root / "cat" / "000.png").read_bytes()[:200])
    (root / "cat" / "text.jpg").write_text("no picture")
    (root / "cat" / "empty.png").write_bytes(b"")
    (root / "dog" / "drawing.svg").write_text("<svg/>")
    (root / "dog" / "clip.mp4").write_bytes(b"x")
    (root / "dog" / "out.png").symlink_to("/etc/passwd")
    Image.new("CMYK", (9, 9)).save(root / "dog" / "cmyk.jpg")
    reader = FolderReader(str(root))
    found = ingest(reader, tmp_path / "cache")
    assert len(found.dataset) + len(found.drops) == len(list(reader.records())) == 17
    reasons = reasons_of(found)
    assert set(reasons) == {
        "cat/torn.png",
        "cat/text.jpg",
        "cat/empty.png",
        "dog/drawing.svg",
        "dog/clip.mp4",
        "dog/out.png",
    }
    assert "SVG" in reasons["dog/drawing.svg"]
    assert all(drop.step == "data" and drop.op == "ingest" for drop in found.drops)


def test_a_second_call_decodes_nothing_and_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = class_folders(tmp_path / "data")
    (root / "cat" / "bad.png").write_bytes(b"x")
    (root / "LICENSE").write_text("mine")
    first = ingest(FolderReader(str(root)), tmp_path / "cache")
    assert not any((tmp_path / "cache" / "steps").iterdir())

    def never(*args: object) -> None:
        raise AssertionError("decoded again")

    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "decode", never)
        second = ingest(FolderReader(str(root)), tmp_path / "cache")
    assert second.dataset.fingerprint == first.dataset.fingerprint
    assert second.drops == first.drops
    assert second.notes == first.notes != ()
    save_image(root / "cat" / "000.png", seed=77)
    os.utime(root / "cat" / "000.png", ns=(1, 1))
    assert ingest(FolderReader(str(root)), tmp_path / "cache").dataset.fingerprint != first.dataset.fingerprint


def test_a_lost_or_torn_memory_of_it_is_made_again(tmp_path: Path) -> None:
    import shutil

    root = class_folders(tmp_path / "data")
    first = ingest(FolderReader(str(root)), tmp_path / "cache")
    (done,) = (tmp_path / "cache" / "ingest").iterdir()
    done.write_bytes(done.read_bytes()[:20])
    assert ingest(FolderReader(str(root)), tmp_path / "cache").dataset.fingerprint == first.dataset.fingerprint
    (dataset,) = (tmp_path / "cache" / "datasets").iterdir()
    for torn in ("manifest.json", "samples.lance/data/*"):
        path = next(dataset.glob(torn))
        path.write_bytes(path.read_bytes()[:30])
        assert len(list(ingest(FolderReader(str(root)), tmp_path / "cache").dataset)) == 6
    shutil.rmtree(tmp_path / "cache" / "datasets")
    assert list(ingest(FolderReader(str(root)), tmp_path / "cache").dataset) == list(
        ingest(FolderReader(str(root)), tmp_path / "other").dataset
    )


def test_killed_in_the_middle_it_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "data", each=100)
    script = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from shisaku.store.ingest import ingest
        from shisaku.store.readers.folder import FolderReader
        def progress(what, done, total):
            if done >= 192:
                os.kill(os.getpid(), signal.SIGKILL)
        ingest(FolderReader(sys.argv[1]), Path(sys.argv[2]), progress)
    """)
    cache = tmp_path / "cache"
    killed = subprocess.run([sys.executable, "-c", script, str(root), str(cache)], check=False)
    assert killed.returncode == -signal.SIGKILL
    (step,) = (cache / "steps").iterdir()
    shards = sorted(path.name for path in step.glob("[!.]*"))  # one may have been half written
    assert shards[:2] == ["00000000.shard", "00000064.shard"]  # later ones may have been on their way
    (step / shards[1]).write_bytes(b"torn")
    counted: list[Job] = []
    decode_all = Sandbox.map

    def counting(self: Sandbox, jobs: Iterable[Job]) -> Iterator[Decoded | Failure]:
        given = list(jobs)
        counted.extend(given)
        return decode_all(self, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "map", counting)
        resumed = ingest(FolderReader(str(root)), cache)
    kept = {int(name.removesuffix(".shard")) for name in shards if name != shards[1]}
    assert len(counted) == sum(min(64, 200 - start) for start in range(0, 200, 64) if start not in kept)
    fresh = ingest(FolderReader(str(root)), tmp_path / "fresh")
    assert resumed.dataset.fingerprint == fresh.dataset.fingerprint
    assert list(resumed.dataset) == list(fresh.dataset)


def test_texts_are_read_in_their_encoding(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "良い"
    folder.mkdir(parents=True)
    (folder / "utf8.txt").write_bytes("\ufeffとても良い\r\n二行目\r\n".encode())
    (folder / "sjis.txt").write_bytes("とても良い".encode("cp932"))
    (folder / "latin.txt").write_bytes("caf\u00e9".encode("latin-1"))
    (folder / "empty.txt").write_bytes(b" \n")
    found = ingest(FolderReader(str(tmp_path / "data"), lang="ja"), tmp_path / "cache")
    held = samples_of(found)
    assert held["良い/utf8.txt"].parts["text"].text == "とても良い\n二行目"
    assert held["良い/sjis.txt"].parts["text"].text == "とても良い"
    assert held["良い/sjis.txt"].facts["text_encoding"] == "cp932"
    assert held["良い/sjis.txt"].parts["text"].lang == "ja"
    assert reasons_of(found) == {
        "良い/empty.txt": "The text is empty",
        "良い/latin.txt": "Line 1 is neither UTF-8 nor Shift_JIS",
    }
    assert [str(note) for note in found.notes] == ["1 texts are Shift_JIS (CP932), not UTF-8, and were read as that"]


def test_captions_and_several_media_in_one_sample(tmp_path: Path) -> None:
    held = samples_of(ingest(FolderReader(str(caption_table(tmp_path / "d")), text="text", lang="ja"), tmp_path / "c"))
    assert held["002.png"].parts["text"].text == "赤いりんごの絵、その2"
    save_image(tmp_path / "m" / "a.png")
    save_sound(tmp_path / "m" / "a.wav")
    rows = [
        {"i": "a.png", "s": "a.wav", "t": "A frog."},
        {"i": "a.png", "s": "gone.wav", "t": "x"},
        {"i": "", "s": "", "t": ""},
    ]
    path = save_table(tmp_path / "m" / "t.csv", rows)
    found = ingest(TableReader(str(path), image="i", audio="s", text="t"), tmp_path / "c")
    assert set(samples_of(found)["row-000001"].parts) == {"image", "audio", "text"}
    assert set(reasons_of(found)) == {"row-000002", "row-000003"}


def test_ids_that_occur_twice_become_one_group(tmp_path: Path) -> None:
    save_image(tmp_path / "d" / "a.png")
    save_image(tmp_path / "d" / "b.png")
    rows = [
        {"file_name": name, "text": text} for name, text in (("a.png", "one"), ("b.png", "two"), ("a.png", "three"))
    ]
    save_table(tmp_path / "d" / "metadata.csv", rows)
    found = ingest(FolderReader(str(tmp_path / "d"), text="text"), tmp_path / "c")
    held = samples_of(found)
    assert {name: sample.parts["text"].text for name, sample in held.items()} == {
        "a.png": "one",
        "a.png#2": "three",
        "b.png": "two",
    }
    assert (held["a.png"].group, held["a.png#2"].group, held["b.png"].group) == ("a.png", "a.png", "")
    assert "a.png" in str(found.notes[0])


def test_new_names_for_doubles_never_collide(tmp_path: Path) -> None:
    text = {"text": RawPart("text", "x")}
    held = tuple(Record(name, text) for name in ("a", "a#2", "a", "a#2", "a"))
    found = ingest(ListReader(held), tmp_path)
    assert len(found.dataset) == 5


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no record was found") as caught:
        ingest(ListReader(), tmp_path)
    assert caught.value.next is not None
    with pytest.raises(DataError, match="None of the 2 records"):
        ingest(ListReader((Record("a", problem=say("bad")), Record("b", problem=say("bad")))), tmp_path)


def test_a_made_up_reader_cannot_break_it(tmp_path: Path) -> None:
    save_image(tmp_path / "ok.png")
    held = (
        Record("ok", {"image": RawPart("image", tmp_path / "ok.png")}),
        Record("gone", {"image": RawPart("image", tmp_path / "gone.png")}),
        Record("kind", {"x": RawPart("points", "1 2 3")}),
        Record("none", {}),
        Record("half", {"image": RawPart("image", tmp_path / "ok.png"), "text": RawPart("text", "")}),
    )
    found = ingest(ListReader(held), tmp_path / "c")
    assert sorted(samples_of(found)) == ["half", "ok"]
    assert set(samples_of(found)["half"].parts) == {"image"}
    assert set(reasons_of(found)) == {"gone", "kind", "none"}


def test_limits_belong_to_the_result(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "d")
    big = ingest(FolderReader(str(root)), tmp_path / "c")
    small = ingest(FolderReader(str(root)), tmp_path / "c", limits=Limits(max_side=8))
    assert decode_image(small.dataset.take(["cat/000.png"])[0].parts["image"]).shape == (6, 8, 3)
    assert big.dataset.fingerprint != small.dataset.fingerprint


def test_a_full_disk_is_a_machine_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MachineError, match="No space left"):
        ingest(FolderReader(str(class_folders(tmp_path / "d"))), tmp_path / "c")


@pytest.mark.parametrize(("first", "then"), [(3, 2), (2, 3)])
def test_data_that_change_while_they_are_read_are_not_half_taken(first: int, then: int, tmp_path: Path) -> None:
    class Growing(ListReader):
        def records(self) -> Iterator[Record]:
            n = seen.pop(0)
            return iter([Record(f"r{i}", {"text": RawPart("text", f"text {i}")}) for i in range(n)])

    seen = [first, then]
    with pytest.raises(DataError, match="changed while they were read"):
        ingest(Growing(), tmp_path)
    seen = [then, then]
    assert len(ingest(Growing(), tmp_path).dataset) == then
