"""Boxes outside the picture, boxes without area, and boxes that were drawn on another picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from box_material import HIGH, WIDE, box, boxed_samples, pictured
from PIL import Image

from shisaku.core.score import Score
from shisaku.ops.image.box_bounds import BoxBounds
from shisaku.ops.image.box_size import BoxSize
from shisaku.store.ingest import ingest
from shisaku.store.readers.coco import CocoReader
from shisaku.store.readers.found_objects import FoundObjects
from shisaku.testing import check_op


def scored(*items: dict[str, Any], op: BoxBounds | None = None, **more: Any) -> Score | None:
    op = op or BoxBounds()
    return next(iter(op.scores(op.measure([pictured("a", items, **more)]))), None)


def raw(*items: dict[str, Any], **more: Any) -> float:
    found = scored(*items, **more)
    assert found is not None
    assert found.issue is (found.raw > 0)
    assert (found.reason is not None) is found.issue
    return found.raw


def test_contract() -> None:
    check_op(BoxBounds, boxed_samples())


@pytest.mark.parametrize("at", [(-1, 0), (0, -1), (1, 0), (0, 1)])
@pytest.mark.parametrize(("pixels", "wrong"), [(0.0, 0), (1.0, 0), (1.5, 1), (30.0, 1)])
def test_every_edge_counts_beyond_the_tolerance(at: tuple[int, int], pixels: float, wrong: int) -> None:
    place = {-1: -pixels, 0: 20.0}
    x, y = place.get(at[0], WIDE - 40 + pixels), place.get(at[1], HIGH - 40 + pixels)
    assert raw(box(x, y, 40, 40), box(0, 0, WIDE, HIGH)) == wrong


@pytest.mark.parametrize("sides", [(0, 10), (10, 0), (-5, 10), (0, 0)])
def test_a_box_without_area_counts_once_wherever_it_is(sides: tuple[int, int]) -> None:
    assert raw(box(-50, 5, *sides), box(1, 1, 5, 5)) == 1
    assert "no area" in str(getattr(scored(box(5, 5, *sides)), "reason", ""))


def test_as_many_as_the_reader_counts() -> None:
    items = [box(0, 0, 9, 9), box(190, 0, 20, 9), box(3, 3, 0, 4), box(-9, 0, 20, 20), box(0, 80, 9, 21.5)]
    found = FoundObjects((WIDE, HIGH))
    for item in items:
        found.add(item, item)
    assert raw(*items) == int(found.facts()["objects_outside"]) == 4


def test_pixels_are_those_of_the_source_file() -> None:
    # 0.5 % of 4000 pixels; of the 200 at hand it would be one pixel.
    beyond = box(0.5, 0.5, 0.505, 0.4)
    assert raw(beyond, frame=(1, 1), image_size="4000x2000") == 1
    assert raw(beyond, frame=(1, 1)) == 0
    assert raw(box(50, 50, 50.5, 40), frame=(100, 100), image_size="4000x2000") == 1
    assert raw(box(0, 0, 4010, 100), frame=None, image_size="4000x2000") == 1
    assert raw(box(0, 0, 4000, 100), frame=None, image_size="4000x2000") == 0


def test_a_turned_box_is_seen_where_its_corners_are() -> None:
    # Turned clockwise about its first corner by a quarter, 60 across go down.
    assert raw(box(100, 50, 60, 10)) == 0
    assert raw(box(100, 50, 60, 10, rotation=90)) == 1
    assert raw(box(100, 30, 60, 10, rotation=90)) == 0
    # What was high goes to the left.
    assert raw(box(5, 20, 60, 10, rotation=90)) == 1
    assert raw(box(195, 20, 60, 10, rotation=90)) == 0
    # In per cent of a picture twice as wide as high, the same turn is told by pixels.
    assert raw(box(50, 30, 30, 10, rotation=90), frame=(100, 100)) == 0
    assert raw(box(50, 50, 30, 10, rotation=90), frame=(100, 100)) == 1


@pytest.mark.parametrize(
    ("frame", "wrong"),
    [
        ((WIDE, HIGH), 0),
        ((4 * WIDE, 4 * HIGH), 0),
        ((HIGH, WIDE), 2),
        ((WIDE * 1.01, HIGH), 0),
        ((WIDE * 1.05, HIGH), 2),
        ((WIDE, HIGH * 1.5), 2),
        ((1, 1), 0),
        (None, 0),
    ],
)
def test_boxes_of_a_picture_of_another_shape_are_all_wrong(frame: Any, wrong: int) -> None:
    assert raw(box(0, 0, 0.5, 0.5), box(0.2, 0.2, 0.5, 0.5), frame=frame) == wrong


@pytest.mark.parametrize(("source", "hand"), [((3000, 17), (512, 3)), ((4961, 3508), (512, 362)), ((5, 4), (5, 4))])
def test_a_picture_that_was_made_smaller_has_its_own_shape(source: tuple[int, int], hand: tuple[int, int]) -> None:
    assert raw(box(0, 0, 2, 2), frame=source, size=hand, image_size=f"{source[0]}x{source[1]}") == 0


def test_a_picture_stored_lying_is_found_by_the_way_of_a_reader(tmp_path: Path) -> None:
    """A phone stores 320 x 240 with the note to turn it; a tool that heeds no note has boxes for what is stored."""
    turned = Image.Exif()
    turned[0x0112] = 6
    for name, exif in (("plain.jpg", Image.Exif()), ("turned.jpg", turned)):
        Image.new("RGB", (320, 240), (90, 120, 30)).save(tmp_path / name, exif=exif)
    entries = [
        {"id": k, "file_name": name, "width": 320, "height": 240} for k, name in enumerate(("plain.jpg", "turned.jpg"))
    ]
    entries.append({**entries[1], "id": 2, "width": 240, "height": 320, "file_name": "turned.jpg"})
    boxes = [{"id": k, "image_id": k, "category_id": 1, "bbox": [10, 10, 200, 100], "iscrowd": 0} for k in range(3)]
    held = {"images": entries[:2], "annotations": boxes[:2], "categories": [{"id": 1, "name": "cat"}]}
    (tmp_path / "stored.json").write_text(json.dumps(held))
    dataset = ingest(CocoReader(str(tmp_path / "stored.json")), tmp_path / "cache").dataset
    op = BoxBounds()
    found = {score.sample: score for score in op.scores(op.measure(list(dataset)))}
    assert {name: score.issue for name, score in found.items()} == {"plain.jpg": False, "turned.jpg": True}
    assert "320 x 240" in str(found["turned.jpg"].reason)
    assert "240 x 320" in str(found["turned.jpg"].reason)
    (tmp_path / "stored.json").write_text(json.dumps({**held, "images": entries[2:], "annotations": boxes[2:]}))
    (upright,) = ingest(CocoReader(str(tmp_path / "stored.json")), tmp_path / "cache2").dataset
    assert not op.scores(op.measure([upright]))[0].issue


def test_findings_tell_the_two_kinds_apart() -> None:
    pictures = [
        pictured("a", [box(0, 0, 5, 5)]),
        pictured("b", [box(0, 0, 5, 0), box(0, 0, 300, 5)]),
        pictured("c", [box(0, 0, 5, 5)], frame=(HIGH, WIDE)),
    ]
    op = BoxBounds()
    out, elsewhere = op.findings(op.measure(pictures))
    assert (out.name, out.samples, out.weight) == ("box_bounds", ("b",), "warn")
    assert "(2 boxes)" in str(out.what)
    assert (elsewhere.name, elsewhere.samples, elsewhere.n) == ("box_frame", ("c",), 3)
    (clean,) = op.findings(op.measure(pictures[:1]))
    assert (clean.weight, clean.value) == ("note", 0.0)
    assert op.findings({}) == []


def test_thresholds_measure_nothing_anew() -> None:
    assert BoxBounds(tolerance_px=5.0, stretch=0.5).fingerprint == BoxBounds().fingerprint
    items = (box(-3, 0, 9, 9),)
    assert raw(*items, op=BoxBounds(tolerance_px=5.0)) == 0
    assert raw(*items) == 1
    assert raw(box(0, 0, 9, 9), frame=(HIGH, WIDE), op=BoxBounds(stretch=5.0)) == 0


@pytest.mark.parametrize("op", [BoxBounds(), BoxSize()])
def test_without_a_picture_there_is_no_score(op: Any) -> None:
    held = pictured("a", [box(0, 0, 5, 5)])
    assert op.scores(op.measure([type(held)("a", {"objects": held.parts["objects"]})])) == []


@pytest.mark.parametrize("bad", [{"tolerance_px": -1.0}, {"stretch": -0.1}, {"stretch": float("nan")}, {"image": ""}])
def test_a_parameter_out_of_range_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"tolerance_px|stretch|image"):
        BoxBounds(**bad)
