"""An audit of a detection set asks for its boxes, and finds in the files what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import shisaku
from shisaku.auditing.detector import detectors, up_to
from shisaku.auditing.plan import Contents, audit_recipe
from shisaku.core.recipe import Source

WIDE, HIGH = 160, 120
ASKED = ("box_twice", "box_conflict", "box_bounds", "box_size", "box_agreement")


def asked(parts: dict[str, Any]) -> dict[str, Any]:
    """The steps about boxes that a quick audit has for data with these parts, with their parameters."""
    recipe = audit_recipe("a", Source("folder", {}), up_to("quick", detectors()), Contents(parts))
    return {step.name: step.params for step in recipe.steps if step.op.startswith("image.box_")}


def test_boxes_are_asked_for_where_there_are_some() -> None:
    whole = asked({"image": "image", "objects": "table", "annotations": "table", "readings": "table", "depth": "image"})
    assert tuple(whole) == ASKED
    assert {params.get("objects", "objects") for params in whole.values()} == {"objects"}
    assert {params.get("image", "image") for params in whole.values()} == {"image"}
    assert tuple(asked({"image": "image", "objects": "table"})) == ASKED[:4]
    assert tuple(asked({"objects": "table"})) == ASKED[:2]
    assert asked({"image": "image", "readings": "table"}) == {}


@pytest.mark.slow
def test_a_quick_audit_of_coco_files_finds_each_fault(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    (tmp_path / "street" / "annotations").mkdir(parents=True)
    usual = [[10.0, 10.0, 30.0, 20.0], [60.0, 50.0, 40.0, 30.0]]
    wrong: dict[int, tuple[list[float], int]] = {
        0: (usual[0], 1),  # twice
        1: (usual[0], 2),  # under two classes
        2: ([150.0, 10.0, 30.0, 20.0], 1),  # out of the picture
        3: ([5.0, 90.0, 30.0, 1.0], 1),  # a pixel high
    }
    images, boxes = [], []
    for k in range(12):
        pixels = rng.integers(0, 256, (HIGH, WIDE, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "street" / f"{k:02d}.png")
        size = {"width": HIGH, "height": WIDE} if k == 4 else {"width": WIDE, "height": HIGH}
        images.append({"id": k, "file_name": f"{k:02d}.png", **size})
        for box, category in [*((box, 1) for box in usual), *([wrong[k]] if k in wrong else ())]:
            number = {"id": len(boxes) + 1, "image_id": k, "category_id": category}
            boxes.append({**number, "bbox": box, "area": box[2] * box[3], "iscrowd": 0})
    categories = [{"id": 1, "name": "car"}, {"id": 2, "name": "van"}]
    held = {"images": images, "annotations": boxes, "categories": categories}
    (tmp_path / "street" / "annotations" / "instances.json").write_text(json.dumps(held))
    found = shisaku.audit(tmp_path / "street", level="quick", out=tmp_path / "run")
    called = {name: [issue.sample for issue in some] for name, some in found.found.issues.items() if name in ASKED}
    assert called == {
        "box_twice": ["00.png"],
        "box_conflict": ["01.png"],
        "box_bounds": ["04.png", "02.png"],
        "box_size": ["03.png"],
    }
