"""The objects of an image as lines of a YOLO label file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shisaku.core.sample import Sample
from shisaku.store.objects import Objects, box_around
from shisaku.store.writers.losses import Losses

KEPT = ("label", "box", "polygons", "centre")


def fractions_of(objects: Objects, size: tuple[int, int], sample: Sample, losses: Losses) -> list[dict[str, Any]]:
    """Return label, box (centre, width, height) and polygon of every object, as fractions of the image.

    What reaches over the edge is cut at it, as YOLO demands; objects that lie outside altogether are left out.
    """
    across, down = objects.scale_to(1.0, 1.0, sample) if objects.frame else _of_pixels(objects, size, sample)
    made: list[dict[str, Any]] = []
    lost: set[str] = set()
    for item in objects.items:
        lost |= {f"objects.{key}" for key in item if key not in KEPT}
        polygons = [_cut(_times(polygon, across, down), lost) for polygon in item.get("polygons", [])]
        box = _box(item, across, down) if "box" in item else None
        if box is None and polygons:
            left, top, wide, high = box_around(polygons)
            box = [left + wide / 2, top + high / 2, wide, high]
        inner = box and _cut_box(box, lost)
        if not inner or "label" not in item:
            lost.add("objects without a label or a box inside the image")
            continue
        made.append({"label": item["label"], "box": inner, "polygons": polygons})
    for name in sorted(lost):
        losses.field(name)
    return made


def line_of(made: Mapping[str, Any], number: int, polygon: bool) -> str:
    """Return one line; `polygon` says that the data set is one of polygons."""
    values = made["polygons"][0] if polygon else made["box"]
    return " ".join([str(number), *(repr(value) for value in values)])


def _of_pixels(objects: Objects, size: tuple[int, int], sample: Sample) -> tuple[float, float]:
    across, down = objects.scale_to(*size, sample)
    return across / size[0], down / size[1]


def _times(values: Sequence[float], across: float, down: float) -> list[float]:
    if across == down == 1:
        return list(values)
    return [value * (down if place % 2 else across) for place, value in enumerate(values)]


def _box(item: Mapping[str, Any], across: float, down: float) -> list[float]:
    x, y, w, h = item["box"]
    given = item.get("centre")
    # The centre as it was read has no rounding in it, as long as it is the box's own.
    centre = given if isinstance(given, list) and given and _corner(given, w, h) == [x, y] else [x + w / 2, y + h / 2]
    return _times([*centre, w, h], across, down)


def _corner(centre: Sequence[Any], w: float, h: float) -> list[float] | None:
    if len(centre) != 2 or not all(type(value) in (int, float) for value in centre):
        return None
    return [centre[0] - w / 2, centre[1] - h / 2]


def _cut(polygon: list[float], lost: set[str]) -> list[float]:
    made = [min(max(value, 0), 1) for value in polygon]
    if made != polygon:
        lost.add("objects beyond the edge")
    return made


def _cut_box(box: Sequence[float], lost: set[str]) -> list[float] | None:
    x, y, w, h = box
    if w <= 0 or h <= 0:
        return None
    ends = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
    if min(ends) >= -1e-9 and max(ends) <= 1 + 1e-9:
        return list(box)
    left, top, right, bottom = (min(max(end, 0.0), 1.0) for end in ends)
    lost.add("objects beyond the edge")
    return (
        [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top] if left < right and top < bottom else None
    )
