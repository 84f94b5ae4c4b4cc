"""Bad tables, texts, names and paths: one drop with reason and place, or one clear error; the rest comes in."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
from hostile_files import picture

from shisaku.errors import DataError
from shisaku.store.ingest import Ingested, ingest
from shisaku.store.layout import layout_of
from shisaku.store.readers.folder import FolderReader
from shisaku.store.readers.table import TableReader

WORDS = ["赤いりんごです", "青い空を見た", "これは三つ目の文です"]


def texts(found: Ingested) -> list[str]:
    return [sample.parts["text"].text for sample in found.dataset]


def reasons(found: Ingested) -> dict[str, str]:
    return {drop.sample: str(drop.reason) for drop in found.drops}


def rows(path: Path, tmp_path: Path, **columns: str) -> Ingested:
    return ingest(TableReader(str(path), text="text", **columns), tmp_path / "cache")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_tables_in_any_encoding_and_line_end_say_the_same(encoding: str, end: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(end.join(["text,label", *(f"{words},x" for words in WORDS)]).encode(encoding))
    assert texts(rows(path, tmp_path)) == WORDS


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp932", "latin-1"])
def test_text_files_in_other_encodings_come_in_or_are_dropped(encoding: str, tmp_path: Path) -> None:
    words = "Ein schöner Tag" if encoding == "latin-1" else WORDS[0]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "good.txt").write_text(WORDS[1], encoding="utf-8")
    (tmp_path / "data" / "other.txt").write_bytes(words.encode(encoding))
    found = ingest(FolderReader(str(tmp_path / "data"), label=""), tmp_path / "cache")
    assert len(found.dataset) + len(found.drops) == 2
    if encoding in ("utf-16", "cp932"):
        assert sorted(texts(found)) == sorted([WORDS[1], words])
    else:  # nothing says what it is, and a guess would be silent damage
        assert set(reasons(found)) == {"other.txt"}


def test_mixed_line_ends_break_no_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'text,label\r\none,x\n"two\r\nlines",y\rthree,x\r\n')
    found = rows(tmp_path / "a.csv", tmp_path, label="label")
    assert [words.split() for words in texts(found)] == [["one"], ["two", "lines"], ["three"]]


def test_ids_that_come_twice_are_told_apart_and_stay_together(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\na,one\nb,two\na,three\na,four\n")
    found = rows(tmp_path / "a.csv", tmp_path, id="id")
    assert {sample.id: sample.entity for sample in found.dataset} == {"a": "a", "b": "b", "a#2": "a", "a#3": "a"}
    assert any("occur more than once" in str(note) for note in found.notes)


PATHS = {
    "gone.png": "no file",
    "../secret.png": "outside",
    "sub/../../secret.png": "outside",
    "loop.png": "not a usable",
    "link.png": "outside",
    "a\0b.png": "",
    "x" * 5000 + ".png": "",
}


def test_paths_that_lead_nowhere_or_out_cost_their_row(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(picture())
    (root / "good.png").write_bytes(picture())
    (root / "loop.png").symlink_to("loop.png")
    (root / "link.png").symlink_to("../secret.png")
    given = [*PATHS, str(tmp_path / "secret.png"), "good.png"]
    (root / "a.jsonl").write_text("\n".join(json.dumps({"id": str(n), "file": name}) for n, name in enumerate(given)))
    found = ingest(TableReader(str(root / "a.jsonl"), image="file", id="id"), tmp_path / "cache")
    assert [sample.id for sample in found.dataset] == [str(len(given) - 1)]
    said = reasons(found)
    assert len(said) == len(given) - 1
    for n, wanted in enumerate(PATHS.values()):
        assert wanted in said[str(n)]
    assert "outside" in said[str(len(PATHS))]


def test_folders_that_are_links_or_circles_are_not_walked(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "cat").mkdir(parents=True)
    (root / "cat" / "good.png").write_bytes(picture())
    (root / "cat" / "again").symlink_to("..")
    (root / "out").symlink_to(tmp_path)
    (root / "self").symlink_to("self")
    os.symlink("/dev/zero", root / "cat" / "zero.png")
    found = ingest(FolderReader(str(root)), tmp_path / "cache")
    assert [sample.id for sample in found.dataset] == ["cat/good.png"]
    assert {"cat/again", "out", "cat/zero.png"} <= set(reasons(found))


def test_one_broken_row_in_a_long_table_is_one_drop_with_its_line(tmp_path: Path) -> None:
    lines = [f"{n},the text of row {n}" for n in range(5_000)]
    lines[2_500] += ",one cell too many"
    (tmp_path / "a.csv").write_text("id,text\n" + "\n".join(lines))
    found = rows(tmp_path / "a.csv", tmp_path, id="id")
    assert len(found.dataset) == 4_999
    (reason,) = reasons(found).values()
    assert "Line 2502 has 3 cells" in reason


@pytest.mark.slow
def test_one_broken_row_in_a_million(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w") as file:
        file.write("id,text\n")
        for n in range(1_000_000):
            file.write(f"{n},row {n}\n" if n != 700_000 else "only one cell\n")
    problems, n = [], 0
    for record in TableReader(str(tmp_path / "a.csv"), text="text", id="id").records():
        n += 1
        if record.problem:
            problems.append(str(record.problem))
    assert n == 1_000_000
    assert problems == ["Line 700002 has 1 cells where the header has 2"]


def test_half_a_parquet_file_is_one_clear_error(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": [f"row {n}" for n in range(1000)]}), tmp_path / "a.parquet")
    raw = (tmp_path / "a.parquet").read_bytes()
    for part in (raw[: len(raw) // 2], raw[len(raw) // 2 :], raw[:4], b""):
        (tmp_path / "a.parquet").write_bytes(part)
        with pytest.raises(DataError, match=r"a\.parquet"):
            rows(tmp_path / "a.parquet", tmp_path)


def test_half_a_jsonl_file_loses_the_broken_line_only(tmp_path: Path) -> None:
    text = "\n".join(json.dumps({"text": f"row {n}"}) for n in range(10))
    (tmp_path / "a.jsonl").write_text(text[: len(text) // 2 + 3] + "\n[1, 2]\nnull\n" + '{"text": "last \\ud800"}')
    found = rows(tmp_path / "a.jsonl", tmp_path)
    assert len(found.dataset) == 6
    assert len(found.drops) == 3
    assert all("Line" in reason for reason in reasons(found).values())


@pytest.mark.parametrize("data", [b"", b"\0\1\2\3" * 99, b"\xff\xfe\xff", "text,label".encode("utf-16")[:-1]])
def test_what_is_no_table_is_one_clear_error(data: bytes, tmp_path: Path) -> None:
    for name in ("a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DataError):
            rows(tmp_path / name, tmp_path)


def test_arrays_that_would_be_unpickled_are_not(tmp_path: Path) -> None:
    from shisaku.core.drop import Failure
    from shisaku.store.job import Job
    from shisaku.store.sandbox import Sandbox

    target = io.BytesIO()
    np.save(target, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with Sandbox(workers=1) as box:
        for task in ("points", "embedding"):
            outcome = box.decode(Job(task, target.getvalue()))
            assert isinstance(outcome, Failure)
            assert "plain NPY" in str(outcome.reason)


def test_a_tar_that_names_files_outside_writes_nothing_there(tmp_path: Path) -> None:
    root = tmp_path / "in" / "data"
    root.mkdir(parents=True)
    with tarfile.open(root / "shard-000000.tar", "w") as tar:
        for name in ("good.png", "../../out.png", "/tmp/shisaku-out.png"):
            about = tarfile.TarInfo(name)
            about.size = len(picture())
            tar.addfile(about, io.BytesIO(picture()))
        for name, target in (("link.png", "../../../etc/passwd"), ("hard.png", "/etc/passwd")):
            about = tarfile.TarInfo(name)
            about.type, about.linkname = tarfile.SYMTYPE if name == "link.png" else tarfile.LNKTYPE, target
            tar.addfile(about)
    found = ingest(layout_of(root).reader, tmp_path / "cache")
    assert any(sample.id.endswith("good") for sample in found.dataset)
    assert not list(tmp_path.rglob("out.png"))
    assert not Path("/tmp/shisaku-out.png").exists()
    assert not any(b"root:" in part.data for sample in found.dataset for part in sample.parts.values())
