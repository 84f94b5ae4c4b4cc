from __future__ import annotations

import json
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from store_material import caption_table, class_folders, save_image, save_sound, save_table, sound_table

from shisaku.errors import DataError
from shisaku.registry.doors import READERS, load
from shisaku.store.describe import Description, describe
from shisaku.store.ingest import ingest


def check(path: Path, tmp_path: Path) -> Description:
    """Describe, and see that the reader it names reads as many as it says."""
    found = describe(path)
    json.dumps(found.to_json())
    assert found.why
    reader = load(READERS, found.reader)(**found.params)
    held = ingest(reader, tmp_path / "cache")
    assert len(held.dataset) == found.n
    labels = [sample.labels.get(found.label) for sample in held.dataset] if found.label else []
    assert {name: labels.count(name) for name in found.classes} == found.classes
    return found


def problems(found: Description) -> str:
    return "\n".join(str(problem) for problem in found.problems)


def small(found: Description) -> bool:
    return "Too few separate items" in problems(found)


def test_class_folders_of_images(tmp_path: Path) -> None:
    found = check(class_folders(tmp_path / "d", each=12), tmp_path)
    assert (found.layout, found.reader) == ("class folders", "folder")
    assert found.modalities == {"image": 24}
    assert (found.label, found.classes) == ("class", {"cat": 12, "dog": 12})
    assert found.problems == ()
    assert found.megabytes > 0
    assert "cat, dog" in str(found.why[0])


def test_class_folders_with_a_table_that_has_groups(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "d", each=12)
    rows = [
        {"file_name": f"{name}/{i:03d}.png", "patient_id": f"{name}{i // 3}"}
        for name in ("cat", "dog")
        for i in range(12)
    ]
    save_table(root / "metadata.csv", rows)
    found = check(root, tmp_path)
    assert (found.layout, found.label, found.group, found.groups) == ("metadata", "class", "patient_id", 8)
    assert found.classes == {"cat": 12, "dog": 12}
    assert small(found)  # 12 images, but of 4 patients


def test_sounds_with_a_table(tmp_path: Path) -> None:
    found = check(sound_table(tmp_path / "d", 24), tmp_path)
    assert (found.layout, found.label, found.group) == ("metadata", "label", "speaker")
    assert found.modalities == {"audio": 24}
    assert found.seconds == pytest.approx(24 * 0.25)
    assert not found.estimated


def test_class_folders_of_sounds_and_of_texts(tmp_path: Path) -> None:
    for name in ("up", "down"):
        for i in range(3):
            save_sound(tmp_path / "s" / name / f"{i}.wav")
            (tmp_path / "t" / name).mkdir(parents=True, exist_ok=True)
            (tmp_path / "t" / name / f"{i}.txt").write_text(f"部品{i}の検査", "utf-8")
    sounds = check(tmp_path / "s", tmp_path)
    assert (sounds.layout, sounds.modalities, sounds.classes) == ("class folders", {"audio": 6}, {"down": 3, "up": 3})
    texts = check(tmp_path / "t", tmp_path)
    assert (texts.layout, texts.modalities, texts.lang) == ("class folders", {"text": 6}, "ja")
    assert texts.params["lang"] == "ja"


@pytest.mark.parametrize("where", ["", "images"])
def test_unlabelled_images(where: str, tmp_path: Path) -> None:
    for i in range(5):
        save_image(tmp_path / "d" / where / f"{i}.png", seed=i)
    found = check(tmp_path / "d", tmp_path)
    assert (found.layout, found.label, found.classes, found.unlabelled) == ("flat", "", {}, 5)
    assert "Nothing is labelled" in problems(found)


def test_one_class(tmp_path: Path) -> None:
    found = check(class_folders(tmp_path / "d", ("良品",), 12), tmp_path)
    assert found.classes == {"良品": 12}
    assert "only one class (良品)" in problems(found)
    assert not small(found)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_japanese_captions(encoding: str, tmp_path: Path) -> None:
    root = caption_table(tmp_path / "d")
    rows = [{"file_name": f"{i:03d}.png", "キャプション": f"赤いりんご{i}", "判定": "良不"[i % 2]} for i in range(6)]
    save_table(root / "metadata.csv", rows, encoding)
    found = check(root, tmp_path)
    assert found.params == {
        "path": str(root), "label": "判定", "text": "キャプション", "lang": "ja",
    }  # fmt: skip
    assert found.modalities == {"image": 6, "text": 6}
    assert found.unlabelled == 0
    assert bool(found.notes) == (encoding == "cp932")


def test_captions_in_json_lines(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "d", ("x",))
    lines = [{"file_name": f"x/{i:03d}.png", "text": f"林檎の絵{i}"} for i in range(3)]
    (root / "metadata.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    found = check(root, tmp_path)
    assert (found.layout, found.lang, found.label) == ("metadata", "ja", "")
    assert found.modalities == {"image": 3, "text": 3}


TEXTS = [
    {"review": f"This is review number {i}, and it is long", "category": "ab"[i % 2], "stars": str(i % 5)}
    for i in range(30)
]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("place", ["file", "folder"])
def test_tables_of_texts(form: str, place: str, tmp_path: Path) -> None:
    path = tmp_path / "d" / f"reviews.{form}"
    path.parent.mkdir()
    if form == "csv":
        save_table(path, TEXTS)
    else:
        path.write_text("\n".join(json.dumps(row) for row in TEXTS))
    found = check(path if place == "file" else path.parent, tmp_path)
    assert (found.layout, found.reader) == ("table", "table")
    assert found.params == {"path": str(path), "text": "review", "label": "category", "lang": "en"}
    assert found.classes == {"a": 15, "b": 15}


def test_a_table_that_names_files_under_another_name(tmp_path: Path) -> None:
    root = tmp_path / "d"
    for i in range(4):
        save_image(root / "pictures" / f"{i}.png", seed=i)
    save_table(root / "labels.csv", [{"path": f"pictures/{i}.png", "class": "ab"[i % 2]} for i in range(4)])
    found = check(root, tmp_path)
    assert (found.layout, found.label) == ("table", "class")
    assert found.params["image"] == "path"


def guess(rows: list[Mapping[str, str]], tmp_path: Path) -> Description:
    return describe(save_table(tmp_path / "t.csv", rows))


def test_labels_are_taken_by_name_only(tmp_path: Path) -> None:
    rows = [{"text": f"text {i}", "stars": str(i % 3), "weather": "ab"[i % 2]} for i in range(20)]
    found = guess(rows, tmp_path)
    assert found.label == ""
    assert "give label= one of: stars, weather" in problems(found)
    assert "Nothing is labelled" in problems(found)
    both = guess([{**row, "label": "xy"[i % 2], "category": "z" * (i % 3)} for i, row in enumerate(rows)], tmp_path)
    assert both.label == "label"
    assert "category could be one too" in problems(both)
    every = guess([{**row, "label": f"unique {i}"} for i, row in enumerate(rows)], tmp_path)
    assert every.label == ""


def test_text_by_shape_only_where_it_is_clear(tmp_path: Path) -> None:
    clear = guess([{"a": f"a long sentence with number {i}", "label": "xy"[i % 2]} for i in range(6)], tmp_path)
    assert clear.params["text"] == "a"
    with pytest.raises(DataError, match="a, b, label"):
        guess([{"a": f"sentence number {i}", "b": f"another text {i}", "label": "x"} for i in range(6)], tmp_path)


def test_splits_and_deeper_folders_are_explained(tmp_path: Path) -> None:
    class_folders(tmp_path / "s" / "train")
    class_folders(tmp_path / "s" / "test")
    found = check(tmp_path / "s", tmp_path)
    assert "splits (test, train)" in str(found.why[0])
    assert found.classes == {"cat": 6, "dog": 6}
    save_image(tmp_path / "n" / "cat" / "animal-7" / "a.png")
    save_image(tmp_path / "n" / "dog" / "b.png")
    assert "set group to folder" in problems(check(tmp_path / "n", tmp_path))


def test_what_cannot_be_read_is_a_problem_before_it_is_ingested(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "d", each=12)
    (root / "cat" / "bad.png").write_bytes(b"no picture")
    (root / "cat" / "clip.mp4").write_bytes(b"x")
    (root / "cat" / "out.png").symlink_to(tmp_path / "gone.png")
    found = describe(root)
    assert (found.n, found.refused) == (26, 1)
    assert "1 records cannot be used" in problems(found)
    assert "2 of 26 files looked at cannot be read; the first: cat/bad.png" in problems(found)


def test_a_part_of_many_sounds_is_an_estimate(tmp_path: Path) -> None:
    for i in range(130):
        with wave.open(str(tmp_path / f"{i}.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(b"\0\0" * 800)
    found = describe(tmp_path)
    assert found.estimated
    assert found.seconds == pytest.approx(13.0)


def test_partly_labelled(tmp_path: Path) -> None:
    rows: list[Mapping[str, Any]] = [
        {"text": f"some text {i}", "label": "ab"[i % 2] if i < 8 else ""} for i in range(12)
    ]
    found = guess(rows, tmp_path)
    assert (found.classes, found.unlabelled) == ({"a": 4, "b": 4}, 4)
    assert "4 of 12 records have no label" in problems(found)


def test_nothing_that_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no images"):
        describe(tmp_path)
    with pytest.raises(DataError, match="no folder"):
        describe(tmp_path / "gone")
    with pytest.raises(DataError, match="not a table"):
        describe(save_image(tmp_path / "one.png"))
    save_table(tmp_path / "metadata.csv", [{"a": "1", "b": "2"}])
    with pytest.raises(DataError, match="file_name"):
        describe(tmp_path)
