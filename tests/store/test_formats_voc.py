from __future__ import annotations

import json
from pathlib import Path

import pytest
from annotation_material import by_id, digests, ingested, objects_of, save_images, texts

from shisaku.errors import DataError
from shisaku.store.readers.coco import CocoReader
from shisaku.store.readers.voc import VocReader
from shisaku.store.writers.coco import CocoWriter

PERSON = """<object><name>person</name><pose>Frontal</pose><truncated>1</truncated><difficult>0</difficult>
<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>32</xmax><ymax>24</ymax></bndbox>
<part><name>head</name><bndbox><xmin>3</xmin><ymin>4</ymin><xmax>8.5</xmax><ymax>9</ymax></bndbox></part>
<actions><jumping>1</jumping></actions></object>"""


def box(name: str, xmin: str = "2", ymin: str = "3", xmax: str = "11", ymax: str = "12") -> str:
    corners = f"<xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax><ymax>{ymax}</ymax>"
    return f"<object><name>{name}</name><bndbox>{corners}</bndbox></object>"


def xml(file: str, *objects: str) -> str:
    size = "<size><width>32</width><height>24</height><depth>3</depth></size>"
    source = "<source><database>The VOC2012 Database</database><flickrid/></source>"
    return f"<annotation><filename>{file}</filename>{source}{size}{''.join(objects)}</annotation>"


def save(home: Path, **files: str) -> Path:
    (home / "Annotations").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (home / "Annotations" / f"{name}.xml").write_text(text, "utf-8")
    return home


@pytest.fixture
def voc(tmp_path: Path) -> Path:
    home = tmp_path / "VOCdevkit" / "VOC2012"
    save_images(home / "JPEGImages", "a.jpg", "b.jpg", "c.jpg")
    save_images(home / "SegmentationClass", "a.png")
    (home / "ImageSets" / "Main").mkdir(parents=True)
    for name, text in {"train": "a\n", "val": "c\n", "dog_train": "a  1\n", "trainval": "a\nc\n"}.items():
        (home / "ImageSets" / "Main" / f"{name}.txt").write_text(text)
    save(home, a=xml("a.jpg", PERSON, box("犬")), b=xml("renamed.jpg", box("dog")))
    return tmp_path


def test_boxes_and_everything_else_come_in(voc: Path) -> None:
    found = by_id(VocReader(str(voc)))
    at = "VOCdevkit/VOC2012/JPEGImages"
    assert set(found) == {f"{at}/{name}.jpg" for name in "abc"}
    first = found[f"{at}/a.jpg"]
    assert first.facts == {"source_database": "The VOC2012 Database", "split": "train"}
    person, dog = objects_of(first)
    assert person == {
        "label": "person",
        "box": [0, 0, 32, 24],
        "bndbox": [1, 1, 32, 24],
        "parts": [{"label": "head", "box": [2, 3, 6.5, 6], "bndbox": [3, 4, 8.5, 9]}],
        "pose": "Frontal",
        "truncated": 1,
        "difficult": 0,
        "actions": {"jumping": 1},
    }
    assert (dog["label"], dog["box"]) == ("犬", [1, 2, 10, 10])
    assert json.loads(texts(first)["objects"])["frame"] == [32, 24]
    assert objects_of(found[f"{at}/b.jpg"])[0]["label"] == "dog"
    assert found[f"{at}/c.jpg"].facts == {"split": "val"}
    assert list(found[f"{at}/c.jpg"].parts) == ["image"]
    said = [str(note) for note in VocReader(str(voc)).notes()]
    assert said == [
        "Some images hold objects of several classes, so none has the label class",
        "1 files were passed over: Segmentation*/*.png",
    ]


def test_one_class_each_is_a_label(voc: Path) -> None:
    (voc / "VOCdevkit" / "VOC2012" / "Annotations" / "a.xml").unlink()
    assert [record.labels for record in VocReader(str(voc), label="k").records()] == [{"k": "dog"}, {}, {}]


def test_boxes_that_count_from_zero(tmp_path: Path) -> None:
    save_images(tmp_path / "JPEGImages", "a.png")
    save(tmp_path, a=xml("a.png", box("x", "0", "0", "32", "24")))
    (record,) = VocReader(str(tmp_path), first_pixel=0).records()
    assert objects_of(record)[0]["box"] == [0, 0, 32, 24]
    assert record.facts["source_database"]
    assert "objects_outside" not in record.facts
    said = [str(note) for note in VocReader(str(tmp_path)).notes()]
    assert said[0] == "1 boxes lie outside their image or have no area; they are kept as they are"
    assert "try first_pixel: 0" in said[1]


def test_bad_files_cost_themselves(tmp_path: Path) -> None:
    save_images(tmp_path / "JPEGImages", "good.png", "bomb.png", "cut.png")
    save_images(tmp_path.parent / "secret", "x.png")
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><annotation>&e;</annotation>'
    files = {
        "good": xml("good.png", box("a", "nan"), box("b", "-9", "1", "4"), box("", "1"), box("c", "x")),
        "bomb": bomb,
        "cut": xml("cut.png", box("a"))[:-20],
        "gone": xml("gone.png", box("a")),
        "out": xml("../../secret/x.png"),
        "deep": "<annotation>" + "<a>" * 5000 + "</a>" * 5000 + "</annotation>",
    }
    save(tmp_path, **files)
    (tmp_path / "Annotations" / "latin.xml").write_bytes(xml("é.png").encode("latin-1"))
    (tmp_path / "Annotations" / "wide.xml").write_bytes(bomb.encode("utf-16"))
    found = by_id(VocReader(str(tmp_path)))
    why = {id_.rpartition("/")[2]: str(record.problem) for id_, record in found.items() if record.problem}
    assert why == {
        "bomb.xml": "The XML has a document type or is nested too deeply",
        "wide.xml": "The XML has a document type or is nested too deeply",
        "deep.xml": "The XML has a document type or is nested too deeply",
        "cut.xml": "The XML is cut off or damaged in line 1",
        "gone.xml": "There is no file JPEGImages/gone.png",
        "out.xml": "JPEGImages/../../secret/x.png lies outside the folder",
        "latin.xml": "Line 1 is neither UTF-8 nor Shift_JIS",
    }
    good = found["JPEGImages/good.png"]
    assert [item["label"] for item in objects_of(good)] == ["b"]
    assert good.facts["objects_outside"] == "1"
    assert good.facts["objects_set_aside"] == "3"


def test_no_annotations_is_an_error_and_not_recognised(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no folder Annotations here"):
        list(VocReader(str(tmp_path)).records())
    assert VocReader.recognise(tmp_path) is None
    save(tmp_path, a="<svg/>")
    assert VocReader.recognise(tmp_path) is None
    save(tmp_path, a=xml("a.png"))
    found = VocReader.recognise(tmp_path)
    assert found is not None
    assert found.reader == VocReader(str(tmp_path))


def test_voc_goes_out_as_coco_without_a_loss(voc: Path, tmp_path: Path) -> None:
    dataset = ingested(VocReader(str(voc)), tmp_path / "cache").dataset
    assert CocoWriter().write(dataset, tmp_path / "out").losses == ()
    again = ingested(CocoReader(str(tmp_path / "out")), tmp_path / "cache")
    assert digests(again) == {sample.id: sample.digest for sample in dataset}
