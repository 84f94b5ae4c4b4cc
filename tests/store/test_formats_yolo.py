from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from annotation_material import by_id, ingested, objects_of, picture, save_images, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.store.readers.yolo import YoloReader
from shisaku.store.writers.yolo import YoloWriter


def save(root: Path, **labels: str) -> Path:
    for name, text in labels.items():
        place = root / "labels" / f"{name.replace('__', '/')}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return root


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    save_images(tmp_path / "images" / "train", "a.jpg", "b.jpg", "c.jpg")
    save_images(tmp_path / "images" / "val", "a.jpg")
    (tmp_path / "data.yaml").write_text("train: images/train\nval: images/val\nnames: [螺子, nut]\n", "utf-8")
    return save(
        tmp_path, train__a="0 0.5 0.25 0.1 0.3\n1 0.1 0.1 0.2 0.1 0.2 0.2\n", train__b="", val__a="1 .5 .5 1 1 0.75\n"
    )


def test_boxes_polygons_and_splits_come_in(parts: Path) -> None:
    found = by_id(YoloReader(str(parts)))
    assert found == by_id(YoloReader(str(parts / "data.yaml"))) | {}
    assert set(found) == {f"images/{name}.jpg" for name in ("train/a", "train/b", "train/c", "val/a")}
    first = found["images/train/a.jpg"]
    assert first.facts == {"split": "train"}
    table = json.loads(texts(first)["objects"])
    assert table["frame"] == [1, 1]
    screw, nut = table["objects"]
    assert screw == {"label": "螺子", "box": [0.5 - 0.05, 0.25 - 0.15, 0.1, 0.3], "centre": [0.5, 0.25]}
    assert nut == {"label": "nut", "polygons": [[0.1, 0.1, 0.2, 0.1, 0.2, 0.2]]}
    assert objects_of(found["images/train/b.jpg"]) == []
    assert list(found["images/train/c.jpg"].parts) == ["image"]
    last = found["images/val/a.jpg"]
    assert last.facts == {"split": "val"}
    assert objects_of(last)[0]["confidence"] == 0.75
    said = [str(note) for note in YoloReader(str(parts)).notes()]
    assert said == ["Some images hold objects of several classes, so none has the label class"]


def test_the_layouts_of_other_tools(tmp_path: Path) -> None:
    for split in ("train", "valid"):
        save_images(tmp_path / "robo" / split / "images", "a.jpg")
        (tmp_path / "robo" / split / "labels").mkdir()
        (tmp_path / "robo" / split / "labels" / "a.txt").write_text("0 0.5 0.5 0.1 0.1")
    (tmp_path / "robo" / "data.yaml").write_text("train: ../train/images\nval: ../valid/images\nnames: {0: x}\n")
    found = by_id(YoloReader(str(tmp_path / "robo")))
    assert {id_: record.facts["split"] for id_, record in found.items()} == {
        "train/images/a.jpg": "train",
        "valid/images/a.jpg": "val",
    }
    assert [record.labels for record in found.values()] == [{"class": "x"}] * 2

    save_images(tmp_path / "dark", "a.png")
    (tmp_path / "dark" / "a.txt").write_text("1 0.5 0.5 0.1 0.1\n")
    (tmp_path / "dark" / "classes.txt").write_text("x\ny\n")
    (record,) = YoloReader(str(tmp_path / "dark"), label="kind").records()
    assert record.labels == {"kind": "y"}

    save_images(tmp_path / "pose" / "images", "a.png")
    save(tmp_path / "pose", a="0 0.5 0.5 0.2 0.2 0.4 0.4 2 0.6 0.6 1\n")
    (tmp_path / "pose" / "data.yaml").write_text("names: [p]\nkpt_shape: [2, 3]\n")
    (record,) = YoloReader(str(tmp_path / "pose")).records()
    assert objects_of(record)[0]["keypoints"] == [[0.4, 0.4, 2], [0.6, 0.6, 1]]


def test_bad_lines_cost_themselves(tmp_path: Path) -> None:
    save_images(tmp_path / "images", "a.png", "b.png")
    text = "0 0.5 0.5 0.1\n7 0.5 0.5 2 0.1\n0 nan 0 1 1\n0.5 0 0 1 1\nx 0 0 1 1\n0 1 2 3 4 5 6 7\n\n0 1e-3 .5 1e999 1\n"
    save(tmp_path, a=text, gone="0 0.5 0.5 0.1 0.1\n")
    (tmp_path / "labels" / "b.txt").write_bytes(b"0 0.5 0.5\xff\xfe\x80 0.1 0.1\n")
    reader = YoloReader(str(tmp_path))
    found = by_id(reader)
    why = {id_: str(record.problem) for id_, record in found.items() if record.problem}
    assert why == {
        "images/b.png": "Line 1 is neither UTF-8 nor Shift_JIS",
        "labels/gone.txt": "There is no image for this label file",
    }
    table = json.loads(texts(found["images/a.png"])["objects"])
    assert [item["label"] for item in table["objects"]] == ["class 7"]
    assert [aside["why"] for aside in table["set_aside"]] == [
        f"Line {n} is no box or polygon" for n in (1, 3, 4, 5, 6, 8)
    ]
    assert found["images/a.png"].facts == {"objects_outside": "1", "objects_set_aside": "6"}
    assert "No file names the classes: they are called class 0, class 1 and so on" in map(str, reader.notes())


def test_a_yaml_that_is_none_is_one_error(tmp_path: Path) -> None:
    save_images(tmp_path / "images", "a.png")
    for text in ("names: 5", "[1, 2]", "a: [", "a: &x [1]\nnames: [*x, *x]", "!!python/object/apply:os.getcwd []"):
        (tmp_path / "data.yaml").write_text(text)
        with pytest.raises(DataError):
            list(YoloReader(str(tmp_path)).records())
    (tmp_path / "data.yaml").write_text("path: /etc\ntrain: ../../../../etc\nnames: [a]")
    assert [record.problem for record in YoloReader(str(tmp_path)).records()] == [None]


def test_it_is_recognised_by_its_lines(parts: Path, tmp_path: Path) -> None:
    found = YoloReader.recognise(parts)
    assert found is not None
    assert found.reader == YoloReader(str(parts))
    assert YoloReader.recognise(parts / "data.yaml") is not None
    (parts / "data.yaml").unlink()
    bare = YoloReader.recognise(parts)
    assert bare is not None
    assert bare.strength < found.strength
    save_images(tmp_path / "photos", "a.png")
    (tmp_path / "photos" / "a.txt").write_text("A photo of 5 cats")
    assert YoloReader.recognise(tmp_path / "photos") is None
    assert YoloReader.recognise(tmp_path / "photos" / "a.txt") is None


def test_a_round_trip_keeps_every_number(parts: Path, tmp_path: Path) -> None:
    dataset = ingested(YoloReader(str(parts)), tmp_path / "cache").dataset
    (tmp_path / "out").mkdir()
    written = YoloWriter().write(dataset, tmp_path / "out")
    assert [str(loss) for loss in written.losses] == [
        "facts of 4 samples is not carried by this format",
        "id of 4 samples is not carried by this format",
        "objects.confidence of 1 samples is not carried by this format",
        "objects.polygons of 1 samples is not carried by this format",
    ]
    about = yaml.safe_load((tmp_path / "out" / "data.yaml").read_text("utf-8"))
    assert about == {"train": "images/train", "val": "images/val", "nc": 2, "names": {0: "nut", 1: "螺子"}}
    (line,) = (tmp_path / "out" / "labels" / "val").iterdir()
    assert line.read_text() == "0 0.5 0.5 1 1\n"
    records = list(YoloReader(str(tmp_path / "out")).records())
    assert len(records) == 4
    assert sorted(list(record.parts) for record in records) == [["image"], *[["image", "objects"]] * 3]


inner = st.floats(0.2, 0.8)
small = st.floats(0.001, 0.39)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("ab"), inner, inner, small, small), max_size=4))
def test_any_box_comes_back_as_it_was(tmp_path: Path, drawn: list[Any]) -> None:
    items = [{"label": name, "box": [x - w / 2, y - h / 2, w, h], "centre": [x, y]} for name, x, y, w, h in [*drawn]]
    YoloWriter().write([picture("p", items, (1, 1))], tmp_path)
    (record,) = YoloReader(str(tmp_path)).records()
    assert objects_of(record) == items
    pixels = [{**item, "box": [v * s for v, s in zip(item["box"], (400, 300) * 2, strict=True)]} for item in items]
    YoloWriter().write([picture("p", pixels, (400, 300))], tmp_path)
    (record,) = YoloReader(str(tmp_path)).records()
    for made, item in zip(objects_of(record), items, strict=True):
        assert made["box"] == pytest.approx(item["box"], abs=1e-9)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.floats(0, 1), min_size=6, max_size=12).filter(lambda p: len(p) % 2 == 0), min_size=1))
def test_any_polygon_comes_back_as_it_was(tmp_path: Path, polygons: list[list[float]]) -> None:
    wide = [p for p in polygons if max(p[::2]) > min(p[::2]) and max(p[1::2]) > min(p[1::2])]
    items = [{"label": "a", "polygons": [polygon]} for polygon in wide]
    YoloWriter().write([picture("p", items, (1, 1))], tmp_path)
    (record,) = YoloReader(str(tmp_path)).records()
    assert objects_of(record) == items


def test_what_reaches_over_the_edge_is_cut_and_said(tmp_path: Path) -> None:
    items = [{"label": "a", "box": [-10, 0, 20, 12]}, {"label": "a", "box": [40, 0, 5, 5]}, {"box": [0, 0, 1, 1]}]
    none = picture("no image").__class__("text only", {"text": Part("text", b"x")})
    written = YoloWriter().write([picture("p", items, labels={"class": "a"}), none], tmp_path)
    assert (written.n, written.left_out) == (1, 1)
    (path,) = (tmp_path / "labels" / "train").iterdir()
    assert path.read_text() == "0 0.15625 0.25 0.3125 0.5\n"
    said = " / ".join(map(str, written.losses))
    for part in (
        "labels of 1",
        "objects beyond the edge of 1",
        "objects without a label or a box",
        "There is no image",
    ):
        assert part in said
