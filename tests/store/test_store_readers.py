from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from store_material import caption_table, class_folders, save_image, save_sound, save_table, sound_table

from shisaku.errors import DataError
from shisaku.store.readers.folder import FolderReader
from shisaku.store.readers.reader import RawPart, Reader, Record, TellsNotes
from shisaku.store.readers.table import TableReader


def by_id(reader: Reader) -> dict[str, Record]:
    records = list(reader.records())
    assert len({record.id for record in records}) == len(records)
    return {record.id: record for record in records}


def why(record: Record) -> str:
    assert record.problem is not None, record
    return str(record.problem)


def test_class_folders(tmp_path: Path) -> None:
    found = by_id(FolderReader(str(class_folders(tmp_path, ("猫", "dog")))))
    assert len(found) == 6
    assert found["猫/001.png"].labels == {"class": "猫"}
    assert found["dog/001.png"].parts["image"].source == tmp_path / "dog" / "001.png"
    assert found["dog/001.png"].group == ""
    assert by_id(FolderReader(str(tmp_path), label="species"))["dog/000.png"].labels == {"species": "dog"}
    assert by_id(FolderReader(str(tmp_path), label=""))["dog/000.png"].labels == {}


def test_levels_and_groups_of_nested_folders(tmp_path: Path) -> None:
    for patient in ("p1", "p2"):
        save_image(tmp_path / "ill" / patient / "a.png")
    assert by_id(FolderReader(str(tmp_path)))["ill/p1/a.png"].labels == {"class": "ill"}
    assert by_id(FolderReader(str(tmp_path), level=-1))["ill/p1/a.png"].labels == {"class": "p1"}
    assert by_id(FolderReader(str(tmp_path), group="folder"))["ill/p2/a.png"].group == "ill/p2"
    save_image(tmp_path / "well" / "b.png")
    assert by_id(FolderReader(str(tmp_path), group="folder"))["well/b.png"].group == ""


def test_split_folders_are_no_classes(tmp_path: Path) -> None:
    class_folders(tmp_path / "train")
    class_folders(tmp_path / "test")
    found = by_id(FolderReader(str(tmp_path)))
    assert found["train/cat/000.png"].labels == {"class": "cat"}
    assert found["test/dog/000.png"].facts == {"split": "test"}
    class_folders(tmp_path, ("other",))
    assert by_id(FolderReader(str(tmp_path)))["train/cat/000.png"].labels == {"class": "train"}


def test_texts_are_read_where_there_are_no_media(tmp_path: Path) -> None:
    for name in ("good", "bad"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("some text", "utf-8")
    found = by_id(FolderReader(str(tmp_path), lang="en"))
    assert found["good/a.txt"].parts["text"] == RawPart("text", tmp_path / "good" / "a.txt", "en")
    save_image(tmp_path / "good" / "a.png")
    reader = FolderReader(str(tmp_path))
    assert list(by_id(reader)) == ["good/a.png"]
    assert [str(note) for note in reader.notes()] == ["2 files were passed over: .txt"]
    assert len(by_id(FolderReader(str(tmp_path), kind="text"))) == 2


def test_hidden_and_foreign_files_are_noted_not_read(tmp_path: Path) -> None:
    class_folders(tmp_path)
    for name in (".DS_Store", "Thumbs.db", "cat/.hidden.png", "LICENSE", "notes.pdf"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "__MACOSX").mkdir()
    save_image(tmp_path / "__MACOSX" / "x.png")
    reader = FolderReader(str(tmp_path))
    assert isinstance(reader, TellsNotes)
    assert len(by_id(reader)) == 6
    said = [str(note) for note in reader.notes()]
    assert said == [
        "1 files were passed over: .pdf",
        "1 files were passed over: LICENSE",
        "3 hidden files were passed over",
    ]


def test_videos_are_media_like_others(tmp_path: Path) -> None:
    class_folders(tmp_path)
    (tmp_path / "cat" / "clip.mp4").write_bytes(b"x")
    found = by_id(FolderReader(str(tmp_path)))["cat/clip.mp4"]
    assert found.parts == {"video": RawPart("video", tmp_path / "cat" / "clip.mp4")}


def test_links_that_lead_out_are_refused(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "data")
    save_image(tmp_path / "secret" / "s.png")
    (root / "cat" / "out.png").symlink_to(tmp_path / "secret" / "s.png")
    (root / "cat" / "in.png").symlink_to(root / "dog" / "000.png")
    (root / "cat" / "gone.png").symlink_to(root / "nothing.png")
    (root / "cat" / "round.png").symlink_to(root / "cat" / "round.png")
    (root / "linked").symlink_to(tmp_path / "secret")
    found = by_id(FolderReader(str(root)))
    assert "outside" in why(found["cat/out.png"])
    assert found["cat/in.png"].problem is None
    assert "no file" in why(found["cat/gone.png"])
    assert found["cat/round.png"].problem is not None
    assert "link to a folder" in why(found["linked"])
    assert len(found) == 6 + 5


def test_metadata_gives_label_group_text_and_facts(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    row = {
        "file_name": "a.png",
        "label": "猫",
        "patient": "p1",
        "caption": "猫の絵",
        "licence": "CC0-1.0",
        "site": "東京",
    }
    save_table(tmp_path / "metadata.csv", [row])
    reader = FolderReader(str(tmp_path), label="label", group="patient", text="caption", lang="ja")
    assert by_id(reader) == {
        "a.png": Record(
            "a.png",
            {"image": RawPart("image", tmp_path / "a.png"), "text": RawPart("text", "猫の絵", "ja")},
            {"label": "猫"},
            group="p1",
            licence="CC0-1.0",
            facts={"site": "東京"},
        )
    }
    assert by_id(FolderReader(str(tmp_path), label="label", licence="MIT"))["a.png"].licence == "MIT"


def test_the_default_label_falls_back_to_folders_only_without_a_class_column(tmp_path: Path) -> None:
    class_folders(tmp_path)
    rows = [{"file_name": f"{name}/{i:03d}.png", "patient": str(i)} for name in ("cat", "dog") for i in range(3)]
    save_table(tmp_path / "metadata.csv", rows)
    assert by_id(FolderReader(str(tmp_path), group="patient"))["dog/001.png"].labels == {"class": "dog"}
    save_table(tmp_path / "metadata.csv", [{**row, "class": "x" if i else ""} for i, row in enumerate(rows)])
    found = by_id(FolderReader(str(tmp_path)))
    assert found["dog/001.png"].labels == {"class": "x"}
    assert found["cat/000.png"].labels == {}


def test_a_wrong_column_names_the_right_ones(tmp_path: Path) -> None:
    sound_table(tmp_path)
    for wrong in ({"label": "lable"}, {"label": "label", "group": "speeker"}, {"label": "label", "file": "filename"}):
        with pytest.raises(DataError, match="file_name, label, speaker") as caught:
            list(FolderReader(str(tmp_path), **wrong).records())
        assert "Did you mean" in str(caught.value.next)
    with pytest.raises(DataError, match="no metadata table"):
        list(FolderReader(str(class_folders(tmp_path / "x")), group="patient").records())


def test_metadata_in_sub_folders_counts_from_there(tmp_path: Path) -> None:
    for split in ("train", "test"):
        sound_table(tmp_path / split, 2)
    found = by_id(FolderReader(str(tmp_path), label="label"))
    assert found["train/wav/000.wav"].labels == {"label": "a"}
    assert found["test/wav/001.wav"].facts == {"speaker": "s1", "split": "test"}
    assert len(found) == 4


TRAVERSALS = ["../secret.png", "sub/../../secret.png", "/etc/passwd", "..\\secret.png", "a\0b.png", "x" * 300 + ".png"]


@pytest.mark.parametrize("given", TRAVERSALS)
def test_paths_that_leave_the_folder_are_refused(given: str, tmp_path: Path) -> None:
    root = tmp_path / "data"
    save_image(root / "a.png")
    save_image(tmp_path / "secret.png")
    lines = ["file_name,label", "a.png,x", f'"{given}",x']
    (root / "metadata.jsonl").write_text(
        "\n".join(__import__("json").dumps({"file_name": name, "label": "x"}) for name in ("a.png", given)), "utf-8"
    )
    found = list(FolderReader(str(root), label="label").records())
    assert len(found) == len(lines) - 1
    assert found[0].problem is None
    assert found[1].problem is not None
    table = list(TableReader(str(root / "metadata.jsonl"), image="file_name").records())
    assert table[0].problem is None
    assert table[1].problem is not None


def test_an_absolute_path_inside_is_fine(tmp_path: Path) -> None:
    path = save_image(tmp_path / "sub" / "a.png")
    save_table(tmp_path / "metadata.csv", [{"file_name": str(path), "label": "x"}])
    assert by_id(FolderReader(str(tmp_path), label="label"))["sub/a.png"].problem is None


def test_missing_and_unlisted_files_are_drops(tmp_path: Path) -> None:
    save_image(tmp_path / "there.png")
    save_image(tmp_path / "extra.png")
    rows = [{"file_name": name, "label": "x"} for name in ("there.png", "gone.png", "", "doc.pdf")]
    save_table(tmp_path / "metadata.csv", rows)
    (tmp_path / "doc.pdf").write_bytes(b"x")
    found = by_id(FolderReader(str(tmp_path), label="label"))
    assert found["there.png"].problem is None
    assert "no file" in why(found["gone.png"])
    assert "names no file" in why(found["metadata.csv:4"])
    assert "neither an image" in why(found["doc.pdf"])
    assert "not listed" in why(found["extra.png"])


def test_file_names_in_other_spellings_are_found(tmp_path: Path) -> None:
    save_image(tmp_path / unicodedata.normalize("NFD", "がぎぐ.png"))
    save_image(tmp_path / "sub" / "b.png")
    rows = [{"file_name": "がぎぐ.png", "label": "x"}, {"file_name": ".\\sub\\b.png", "label": "y"}]
    save_table(tmp_path / "metadata.csv", rows)
    found = by_id(FolderReader(str(tmp_path), label="label"))
    assert {name: record.problem for name, record in found.items()} == {"がぎぐ.png": None, "sub/b.png": None}
    assert Path(found["がぎぐ.png"].parts["image"][1]).is_file()


def test_a_file_name_that_is_not_utf8_gets_a_printable_id(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    os.rename(tmp_path / "a.png", os.fsencode(tmp_path) + b"/\x83\x4c.png")
    found = by_id(FolderReader(str(tmp_path), label=""))
    assert list(found) == ["\\x83L.png"]
    assert Path(found["\\x83L.png"].parts["image"][1]).is_file()


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder"):
        list(FolderReader(str(tmp_path / "nothing")).records())
    assert list(FolderReader(str(tmp_path)).records()) == []


def test_tables_of_texts_with_labels(tmp_path: Path) -> None:
    rows = [{"id": "r1", "body": "とても良い", "rating": "good", "user": "u1", "shop": "A"}]
    path = save_table(tmp_path / "reviews.csv", rows)
    reader = TableReader(str(path), text="body", label="rating", group="user", id="id", lang="ja")
    assert list(reader.records()) == [
        Record("r1", {"text": RawPart("text", "とても良い", "ja")}, {"rating": "good"}, "u1", facts={"shop": "A"})
    ]
    assert next(iter(TableReader(str(path), text="body").records())).id == "row-000001"


def test_tables_of_images_and_sounds(tmp_path: Path) -> None:
    save_image(tmp_path / "i" / "a.png")
    save_sound(tmp_path / "s" / "a.wav")
    path = save_table(
        tmp_path / "t.tsv", [{"picture": "i/a.png", "clip": "s/a.wav", "text": "A frog."}], delimiter="\t"
    )
    record = next(iter(TableReader(str(path), image="picture", audio="clip", text="text", lang="en").records()))
    assert {name: part[0] for name, part in record.parts.items()} == {
        "image": "image",
        "audio": "audio",
        "text": "text",
    }


def test_a_table_needs_columns_that_exist(tmp_path: Path) -> None:
    path = save_table(tmp_path / "t.csv", [{"text": "a", "label": "b"}])
    with pytest.raises(DataError, match="Nothing says what to read"):
        list(TableReader(str(path)).records())
    with pytest.raises(DataError, match="no column lable"):
        list(TableReader(str(path), text="text", label="lable").records())
    with pytest.raises(DataError, match="no table"):
        list(TableReader(str(tmp_path / "nothing.csv"), text="a").records())
    (tmp_path / "x.xlsx").write_bytes(b"PK")
    with pytest.raises(DataError, match="xlsx"):
        list(TableReader(str(tmp_path / "x.xlsx"), text="a").records())


def test_fingerprints_change_with_parameters(tmp_path: Path) -> None:
    one, two = FolderReader("a"), FolderReader("a", label="x")
    assert one.fingerprint() == FolderReader("a").fingerprint() != two.fingerprint()
    assert TableReader("a").fingerprint() != TableReader("b").fingerprint() != one.fingerprint()


def test_captions_come_with_their_language(tmp_path: Path) -> None:
    found = by_id(FolderReader(str(caption_table(tmp_path)), text="text", lang="ja"))
    assert found["003.png"].parts["text"] == RawPart("text", "赤いりんごの絵、その3", "ja")
