from __future__ import annotations

import json
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotation_material import (
    by_id,
    came_back,
    digests,
    frame,
    ingested,
    objects_of,
    picture,
    save_images,
    save_json,
    texts,
    things,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.store.codecs import encode_image
from shisaku.store.objects import source_size
from shisaku.store.readers.coco import CocoReader
from shisaku.store.rle import decode_mask, encode_mask, mask_area, resized_mask, runs_of
from shisaku.store.writers.coco import CocoWriter

# pycocotools 2.0 hands numpy 2 its masks in a way that numpy asks it to change.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CATEGORIES = [{"id": 7, "name": "cat", "supercategory": "animal"}, {"id": 9, "name": "dog"}]


def entry(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "file_name": name, "width": 32, "height": 24, **more}


def annotation(number: int, image: int, category: int = 7, **more: Any) -> dict[str, Any]:
    plain = {"id": number, "image_id": image, "category_id": category, "bbox": [1, 2, 3, 4], "iscrowd": 0, "area": 12}
    return {**plain, **more}


def coco(path: Path, images: list[Any], annotations: list[Any], **more: Any) -> Path:
    held = {"info": {}, "images": images, "annotations": annotations, "categories": CATEGORIES, **more}
    return save_json(path, held)


def opened(path: Path) -> Any:
    from pycocotools.coco import COCO

    with redirect_stdout(StringIO()):
        return COCO(str(path))


@pytest.fixture
def street(tmp_path: Path) -> Path:
    """The layout of the COCO downloads: two splits, instances and captions in files of their own."""
    from pycocotools import mask as masks

    save_images(tmp_path / "train2017", "a.jpg", "b.jpg")
    save_images(tmp_path / "val2017", "a.jpg")
    square = np.zeros((24, 32), dtype=np.uint8, order="F")
    square[4:12, 6:20] = 1
    packed = masks.encode(square)
    packed["counts"] = packed["counts"].decode()
    licences = [{"id": 1, "url": "http://creativecommons.org/licenses/by-nc-sa/2.0/", "name": "Attribution"}]
    train = [entry(1, "a.jpg", license=1, coco_url="http://x.test/a"), entry(2, "b.jpg")]
    folder = tmp_path / "annotations"
    shapes = [annotation(1, 1, segmentation=packed, iscrowd=1), annotation(2, 1, 9, segmentation=[[0, 0, 9, 0, 9, 9]])]
    coco(folder / "instances_train2017.json", train, shapes, licenses=licences)
    said = [{"id": n, "image_id": 1, "caption": text} for n, text in enumerate((" A cat. ", "猫", "A dog."))]
    save_json(folder / "captions_train2017.json", {"images": train, "annotations": said, "licenses": licences})
    coco(folder / "instances_val2017.json", [entry(1, "a.jpg")], [annotation(1, 1)])
    return tmp_path


def test_splits_captions_and_shapes_come_in(street: Path, tmp_path: Path) -> None:
    found = by_id(CocoReader(str(street)))
    assert set(found) == {"train2017/a.jpg", "train2017/b.jpg", "val2017/a.jpg"}
    first = found["train2017/a.jpg"]
    assert first.licence == "CC-BY-NC-SA-2.0"
    assert first.facts == {"coco_url": "http://x.test/a", "image_id": "1", "split": "train"}
    assert [texts(first)[name].decode() for name in ("caption", "caption_1", "caption_2")] == ["A cat.", "猫", "A dog."]
    crowd, dog = objects_of(first)
    assert crowd["label"] == "cat"
    assert crowd["supercategory"] == "animal"
    assert crowd["crowd"] is True
    assert (mask_area(crowd["rle"]), crowd["id"], crowd["area"]) == (8 * 14, 1, 12)
    assert dog == {"label": "dog", "box": [1, 2, 3, 4], "polygons": [[0, 0, 9, 0, 9, 9]], "id": 2, "area": 12}
    assert "objects" not in found["train2017/b.jpg"].parts
    assert found["train2017/b.jpg"].labels == {}
    assert json.loads(texts(found["val2017/a.jpg"])["objects"])["frame"] == [32, 24]


def test_the_class_is_a_label_only_where_every_image_has_one(street: Path) -> None:
    said = [str(note) for note in CocoReader(str(street)).notes()]
    assert said == ["Some images hold objects of several classes, so none has the label class"]
    one = CocoReader(str(street / "annotations" / "instances_val2017.json"), label="species")
    assert [record.labels for record in one.records()] == [{"species": "cat"}]
    assert one.notes() == ()


def test_pycocotools_opens_what_is_written(street: Path, tmp_path: Path) -> None:
    dataset = ingested(CocoReader(str(street)), tmp_path / "cache").dataset
    written = CocoWriter().write(dataset, tmp_path / "out")
    assert (written.n, written.left_out, written.losses) == (3, 0, ())
    held = opened(tmp_path / "out" / "annotations" / "instances.json")
    assert [category["name"] for category in held.loadCats(held.getCatIds())] == ["cat", "dog"]
    areas = {ann["area"]: int(held.annToMask(ann).sum()) for ann in held.loadAnns(held.getAnnIds(iscrowd=True))}
    assert areas == {12.0: 8 * 14}
    captions = opened(tmp_path / "out" / "annotations" / "captions.json")
    assert sorted(ann["caption"] for ann in captions.anns.values()) == ["A cat.", "A dog.", "猫"]
    for image in held.loadImgs(held.getImgIds()):
        assert (tmp_path / "out" / "images" / image["file_name"]).is_file()
    again = ingested(CocoReader(str(tmp_path / "out")), tmp_path / "cache")
    assert digests(again) == {sample.id: sample.digest for sample in dataset}


def test_a_smaller_image_gets_smaller_shapes(tmp_path: Path) -> None:
    mask = np.zeros((240, 320), dtype=bool)
    mask[40:120, 60:200] = True
    item = {"label": "x", "box": [60, 40, 140, 80], "polygons": [[60, 40, 200, 40, 200, 120]], "rle": encode_mask(mask)}
    CocoWriter().write([picture("a", [item], (320, 240))], tmp_path)
    held = opened(tmp_path / "annotations" / "instances.json")
    made = held.anns[1]
    assert made["bbox"] == pytest.approx([6, 4, 14, 8])
    assert made["segmentation"] == [pytest.approx([6, 4, 20, 4, 20, 12])]
    CocoWriter().write([picture("a", [{**item, "polygons": []}], (320, 240))], tmp_path)
    held = opened(tmp_path / "annotations" / "instances.json")
    assert held.annToMask(held.anns[1]).sum() == held.anns[1]["area"] == 14 * 8


@pytest.mark.parametrize(("told", "upright"), [("40x20", (20, 40)), ("20x40", (20, 40)), ("", None)])
def test_boxes_of_a_picture_that_exif_turns_are_in_its_upright_sides(told: str, upright: Any) -> None:
    facts = {"image_size": told} if told else {}
    sample = Sample("a", {"image": Part("image", encode_image(np.zeros((80, 40, 3), np.uint8)))}, {}, facts=facts)
    assert source_size(sample) == upright


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(things, frame), min_size=1, max_size=3))
def test_any_objects_come_back_as_they_were(tmp_path: Path, drawn: list[Any]) -> None:
    samples = [picture(f"p/{n}", items, size, group="g", labels={"l": "1"}) for n, (items, size) in enumerate(drawn)]
    CocoWriter().write(samples, tmp_path)
    opened(tmp_path / "annotations" / "instances.json")
    found = by_id(CocoReader(str(tmp_path)))
    for sample in samples:
        came_back(found[sample.id], sample)


def test_everything_but_other_media_comes_back(tmp_path: Path) -> None:
    parts = {
        "caption": Part("text", "一匹の猫".encode(), lang="ja", span=(0.0, 1.5), clock="c"),
        "text": Part("text", b" kept as it is\n"),
        "answers": Part("table", b'[{"q":1}]'),
        "caption_2": Part("text", b"two"),
    }
    sample = picture("a/b", [], (1, 1), parts=parts, consent="yes", licence="CC0-1.0", parents=("a",), depth=1)
    more = picture("only", parts={"sound": Part("audio", b"RIFF"), "objects": Part("table", b"[1]")})
    written = CocoWriter().write([sample, more, type(sample)("none", {"text": Part("text", b"x")})], tmp_path)
    said = [str(loss) for loss in written.losses]
    assert (written.n, written.left_out) == (2, 1)
    assert said == [
        "1 parts sound (audio) are not carried by this format",
        "1 samples were left out: There is no image",
    ]
    found = by_id(CocoReader(str(tmp_path)))
    came_back(found["a/b"], sample)
    came_back(found["only"], more, without=("sound",))


def test_a_made_sample_comes_in_again_as_it_was(tmp_path: Path) -> None:
    made = picture("a/op.0", [{"label": "x", "box": [1, 2, 3, 4]}], (64, 48), parents=("a",), depth=1, facts={"k": "v"})
    CocoWriter().write([made], tmp_path / "out")
    again = ingested(CocoReader(str(tmp_path / "out")), tmp_path / "cache")
    assert digests(again) == {made.id: made.digest}


def test_what_somebody_changed_wins_over_what_was_carried(tmp_path: Path) -> None:
    items = [{"label": "cat", "box": [100, 80, 40, 40]}, {"label": "cat", "box": [0, 0, 10, 10]}]
    CocoWriter().write([picture("a", items, (320, 240), parts={"caption": Part("text", b"old")})], tmp_path)
    sheet = tmp_path / "annotations" / "instances.json"
    held = json.loads(sheet.read_text())
    held["annotations"][0]["bbox"] = [1, 1, 4, 4]
    held["annotations"].append({"id": 77, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]})
    save_json(sheet, held)
    said = json.loads((tmp_path / "annotations" / "captions.json").read_text())
    said["annotations"] = [{**said["annotations"][0], "caption": "new"}, {"id": 9, "image_id": 1, "caption": "more"}]
    save_json(tmp_path / "annotations" / "captions.json", said)
    record = by_id(CocoReader(str(tmp_path)))["a"]
    assert [item["box"] for item in objects_of(record)] == [[10, 10, 40, 40], [0, 0, 10, 10], [0, 0, 10, 10]]
    assert (texts(record)["caption"], texts(record)["caption_1"]) == (b"new", b"more")


def test_bad_annotations_cost_themselves(tmp_path: Path) -> None:
    save_images(tmp_path, *(f"{n}.png" for n in range(1, 5)))
    images = [*(entry(n, f"{n}.png") for n in range(1, 5)), entry(4, "gone.png"), entry(8, "../secret.png"), "?"]
    images += [entry(8, "/etc/passwd"), {"id": 3}]
    wrong = [
        annotation(1, 1, bbox=[float("nan"), 0, 1, 1]),
        annotation(2, 1, bbox=[-5, 0, 100, 1]),
        annotation(3, 1, bbox=[1, 2, "3", 4]),
        annotation(4, 1, segmentation=[[1, 2, 3, 4]]),
        annotation(5, 1, segmentation={"size": [10**6, 10**6], "counts": [10**12]}),
        annotation(6, 1, segmentation={"size": [24, 32], "counts": "~~~"}),
        annotation(7, 1, 1234),
        annotation(8, 99),
        annotation(9, 4),
        "no annotation",
    ]
    reader = CocoReader(str(coco(tmp_path / "all.json", images, wrong)))
    found = by_id(reader)
    why = {id_: str(record.problem) for id_, record in found.items() if record.problem}
    assert why == {
        "4.png": "Several images have the id 4",
        "gone.png": "Several images have the id 4",
        "../secret.png": "../secret.png lies outside the folder",
        "/etc/passwd": "/etc/passwd lies outside the folder",
        "all.json:images[7]": "Image 7 of the list names no file",
        "all.json:images[9]": "Image 9 of the list names no file",
        "all.json:image_id=99": "1 annotations are of the image 99, which is not listed",
        "all.json:image_id=": "1 annotations name no image",
    }
    table = json.loads(texts(found["1.png"])["objects"])
    assert [item["id"] for item in table["objects"]] == [2, 4, 5, 6, 7]
    assert table["objects"][-1]["label"] == "category 1234"
    assert [aside["why"] for aside in table["set_aside"]] == [
        "The box is not four finite numbers",
        "The box is not four finite numbers",
        "The polygon is not three or more points of finite numbers",
        "The mask has more than 50 million pixels",
        "The run lengths of the mask are damaged",
    ]
    assert found["1.png"].facts == {"image_id": "1", "objects_outside": "1", "objects_set_aside": "5"}
    assert found["2.png"].labels == {}
    assert "objects" not in found["2.png"].parts
    said = " / ".join(map(str, reader.notes()))
    assert "1 boxes lie outside" in said
    assert "5 shapes cannot be understood" in said
    assert "1 annotations have a category that is not listed" in said


def test_a_file_that_is_cut_off_is_one_error_with_its_line(tmp_path: Path) -> None:
    save_images(tmp_path, "a.png")
    path = coco(tmp_path / "x.json", [entry(1, "a.png")], [annotation(1, 1)])
    path.write_text(json.dumps(json.loads(path.read_text()), indent=1)[:-30])
    with pytest.raises(DataError, match=r"x\.json:\d+: The JSON is cut off or damaged in line \d+, column \d+"):
        list(CocoReader(str(path)).records())
    for text in ("[]", '{"images": {}}', "[" * 100_000):
        path.write_text(text)
        with pytest.raises(DataError):
            list(CocoReader(str(path)).records())
    path.write_bytes(b'{"images": "\xff\xfe\xfd"}')
    with pytest.raises(DataError, match="neither UTF-8 nor Shift_JIS"):
        list(CocoReader(str(path)).records())
    with pytest.raises(DataError, match="There is no COCO file here"):
        list(CocoReader(str(tmp_path / "nowhere")).records())


def test_half_a_character_does_no_harm(tmp_path: Path) -> None:
    save_images(tmp_path, "a.png")
    path = coco(
        tmp_path / "x.json", [entry(1, "a.png", note="\ud83d")], [{"id": 1, "image_id": 1, "caption": "\udc00a"}]
    )
    record = by_id(CocoReader(str(path)))["a.png"]
    assert texts(record)["caption"] == b"?a"
    assert record.facts["note"] == "?"


def test_damaged_records_are_drops(tmp_path: Path) -> None:
    save_images(tmp_path, "a.png", "b.png", "c.png")
    good = {"id": "i", "parts": {"image": {"kind": "image"}, "e": {"kind": "embedding"}}}
    held = [{"record": good, "media": "image", "content": {"e": "abc"}}, {"record": {"id": 5, "parts": {}}}, 3]
    images = [entry(n, f"{name}.png", shisaku=about) for n, (name, about) in enumerate(zip("abc", held, strict=True))]
    for record in CocoReader(str(coco(tmp_path / "x.json", images, []))).records():
        assert "record that describes a sample is damaged" in str(record.problem)


def test_it_is_recognised_by_its_form(street: Path, tmp_path: Path) -> None:
    found = CocoReader.recognise(street)
    assert found is not None
    assert found.reader == CocoReader(str(street))
    assert CocoReader.recognise(street / "annotations") is not None
    assert CocoReader.recognise(street / "annotations" / "captions_train2017.json") is not None
    assert CocoReader.recognise(save_json(tmp_path / "list.json", [{"images": [], "annotations": []}])) is None
    assert CocoReader.recognise(save_json(tmp_path / "other.json", {"images": []})) is None
    assert CocoReader.recognise(tmp_path / "nothing") is None


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.data())
def test_run_lengths_agree_with_pycocotools(height: int, width: int, data: st.DataObject) -> None:
    from pycocotools import mask as masks

    cells = data.draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width))
    mask = np.asarray(cells).reshape(height, width)
    packed = masks.encode(np.asfortranarray(mask.astype(np.uint8)))
    packed["counts"] = packed["counts"].decode()
    assert (decode_mask(packed) == mask).all()
    ours = encode_mask(mask)
    assert (decode_mask(ours) == mask).all()
    assert masks.decode(masks.frPyObjects(ours, height, width)).tolist() == mask.astype(int).tolist()
    assert mask_area(packed) == masks.area(packed) == mask.sum()
    assert (decode_mask(resized_mask(ours, 2 * width, 2 * height)) == mask.repeat(2, 0).repeat(2, 1)).all()


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=30), st.lists(st.integers(-9, 99), max_size=9), st.none()), st.integers(-1, 9))
def test_any_run_lengths_fill_their_mask_or_are_refused(counts: Any, side: int) -> None:
    with suppress(DataError):
        assert runs_of({"size": [side, side], "counts": counts}).sum() == side * side
