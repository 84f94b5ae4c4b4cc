from __future__ import annotations

import random
from pathlib import Path

import pytest
from annotation_material import picture, save_images, save_json

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.store.readers.coco import CocoReader
from shisaku.store.readers.label_studio import LabelStudioReader
from shisaku.store.readers.reader import Reader, Record, TellsNotes
from shisaku.store.readers.voc import VocReader
from shisaku.store.readers.yolo import YoloReader
from shisaku.store.writers.coco import CocoWriter
from shisaku.store.writers.label_studio import LabelStudioWriter
from shisaku.store.writers.yolo import YoloWriter

VALUES = (b"null", b"-1", b"1e309", b"NaN", b'""', b"[]", b"{}", b"true", b'"../x"', b'"\\ud800"', b"[[]]", b"9" * 40)


def voc(root: Path) -> Path:
    save_images(root / "JPEGImages", "a.png")
    path = root / "Annotations" / "a.xml"
    path.parent.mkdir()
    box = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>"
    path.write_text(f"<annotation><filename>a.png</filename><object><name>a</name>{box}</object></annotation>")
    return path


def tasks(root: Path) -> Path:
    save_images(root, "a.png")
    value = {"x": 1, "y": 2, "width": 3, "height": 4, "rectanglelabels": ["a"]}
    result = [{"id": "r", "from_name": "f", "type": "rectanglelabels", "value": value}]
    result += [{"id": "c", "from_name": "c", "type": "choices", "value": {"choices": ["b"]}}]
    annotations = [{"id": 1, "completed_by": 2, "result": result}]
    return save_json(root / "x.json", [{"id": 1, "data": {"image": "a.png"}, "annotations": annotations}])


def material(name: str, root: Path) -> tuple[Reader, Path]:
    items = [{"label": "x", "box": [1, 2, 3, 4], "polygons": [[1, 2, 3, 4, 5, 6]]}]
    samples = [picture("p", items, (64, 48), parts={"caption": Part("text", b"hi")}, licence="MIT")]
    if name == "voc":
        return VocReader(str(root)), voc(root)
    if name == "tasks":
        return LabelStudioReader(str(tasks(root))), root / "x.json"
    if name == "label_studio":
        LabelStudioWriter().write(samples, root)
        return LabelStudioReader(str(root / "tasks.json")), root / "tasks.json"
    if name == "yolo":
        YoloWriter().write(samples, root)
        return YoloReader(str(root)), next((root / "labels" / "train").iterdir())
    CocoWriter().write(samples, root)
    return CocoReader(str(root)), root / "annotations" / "instances.json"


def mutant(rng: random.Random, whole: bytes) -> bytes:
    made = bytearray(whole)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(made))
        if rng.random() < 0.5:
            made[place] = rng.randrange(256)
        else:
            start = max(made.rfind(b":", 0, place), made.rfind(b" ", 0, place)) + 1
            made[start : place + 1] = rng.choice(VALUES)
    return bytes(made[: rng.randrange(1, len(made))] if rng.random() < 0.1 else made)


def can_go_on(record: Record) -> None:
    fingerprint(record.id, record.labels, record.facts, record.group, record.licence)
    assert all(raw.source.encode() is not None for raw in record.parts.values() if isinstance(raw.source, str))


@pytest.mark.parametrize("name", ["coco", "yolo", "voc", "tasks", "label_studio"])
def test_a_mutant_is_records_or_one_error(name: str, tmp_path: Path) -> None:
    reader, path = material(name, tmp_path)
    assert [record.problem for record in reader.records()] == [None]
    whole, rng = path.read_bytes(), random.Random(name)
    for _ in range(150):
        path.write_bytes(mutant(rng, whole))
        try:
            records = list(reader.records())
            if isinstance(reader, TellsNotes):
                reader.notes()
        except DataError:
            continue
        for record in records:
            can_go_on(record)
