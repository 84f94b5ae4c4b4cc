"""Pictures with something drawn at a known place, its box, polygon and mask, for the tests of ops that make images."""

from __future__ import annotations

from typing import Any

import numpy as np
from ops_material import image_part

from shisaku.core.sample import Part, Sample
from shisaku.store.codecs import decode_image, decode_table, encode_table
from shisaku.store.rle import decode_mask, encode_mask

SIZE = (120, 90)
SQUARE = (40, 30, 36, 28)  # x, y, w, h
BLUE = (20, 40, 230)


def drawn(square: tuple[int, int, int, int] = SQUARE, size: tuple[int, int] = SIZE, alpha: bool = False) -> np.ndarray:
    """A blue square on grey, which alone is opaque in an RGBA picture."""
    x, y, w, h = square
    image = np.full((size[1], size[0], 3), 128, np.uint8)
    image[y : y + h, x : x + w] = BLUE
    if not alpha:
        return image
    opaque = np.zeros((size[1], size[0], 1), np.uint8)
    opaque[y : y + h, x : x + w] = 255
    return np.dstack([image, opaque])


def mask_picture(square: tuple[int, int, int, int] = SQUARE, size: tuple[int, int] = SIZE) -> np.ndarray:
    x, y, w, h = square
    mask = np.zeros((size[1], size[0], 3), np.uint8)
    mask[y : y + h, x : x + w] = 255
    return mask


def objects_part(square: tuple[int, int, int, int] = SQUARE, label: str = "square", size: Any = SIZE) -> Part:
    """The square three times: by its box, by a polygon, and by a mask."""
    x, y, w, h = square
    corners = [x, y, x + w, y, x + w, y + h, x, y + h]
    mask = encode_mask(mask_picture(square)[:, :, 0] > 0)
    items = [
        {"label": label, "box": list(square), "id": 1, "area": w * h},
        {"label": label, "box": list(square), "polygons": [corners], "id": 2},
        {"label": label, "box": list(square), "rle": mask, "id": 3},
    ]
    return Part("table", encode_table({"frame": list(size), "objects": items, "set_aside": [{"why": "kept"}]}))


def annotated(name: str = "a", **more: Part) -> Sample:
    parts = {"image": image_part(drawn()), "mask": image_part(mask_picture()), "objects": objects_part()}
    return Sample(name, {**parts, **more}, {"class": "square"})


def captioned(text: str, lang: str = "en", **labels: str) -> Sample:
    return Sample("c", {"image": image_part(drawn()), "caption": Part.from_text(text, lang)}, labels)


def pixels(sample: Sample, name: str = "image") -> np.ndarray:
    return decode_image(sample.parts[name])


def items(sample: Sample) -> list[dict[str, Any]]:
    table = decode_table(sample.parts["objects"])
    height, width = pixels(sample).shape[:2]
    assert table["frame"] == [width, height]
    found: list[dict[str, Any]] = table["objects"]
    return found


def blue(image: np.ndarray) -> np.ndarray:
    """Which pixels are more blue than anything else, by half at least."""
    seen = image[:, :, :3].astype(int)
    strong = seen[:, :, 2] - seen[:, :, :2].max(axis=2) > 95
    return strong & (image[:, :, 3] > 127) if image.shape[2] == 4 else strong


def outside(spots: np.ndarray, box: list[float]) -> float:
    """By how many pixels the middle of a spot lies outside of the box, at most."""
    rows, columns = spots.nonzero()
    x, y, w, h = box
    across = np.maximum(x - (columns + 0.5), columns + 0.5 - (x + w))
    down = np.maximum(y - (rows + 0.5), rows + 0.5 - (y + h))
    return float(np.maximum(across, down).max())


def mask_of_item(item: dict[str, Any]) -> np.ndarray:
    return decode_mask(item["rle"])
