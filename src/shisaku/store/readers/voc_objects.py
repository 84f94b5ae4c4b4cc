"""The objects of one Pascal VOC annotation file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from shisaku.message import say
from shisaku.store.readers.found_objects import FoundObjects

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CORNERS = ("xmin", "ymin", "xmax", "ymax")
GEOMETRY = ("name", "bndbox", "polygon", "part")
POINT = re.compile(r"[xy]\d+")


def voc_objects(root: Element, first: int) -> FoundObjects:
    """Return the objects of an annotation; `first` is the number of the first pixel.

    The corners are pixels that belong to the box (VOC devkit, section "Annotation"): x of the first one, counted
    from 0, and one more than the last make the box. The corners themselves stay under ``bndbox``, other fields
    (pose, truncated, difficult) as they are.
    """
    size = [number(root.findtext(f"size/{side}")) for side in ("width", "height")]
    found = FoundObjects(size if all(isinstance(side, int | float) and side > 0 for side in size) else None)
    for node in root.iterfind("object"):
        item = _item(node, first)
        if isinstance(item.get("label"), str):
            found.add(item, _plain(node))
        else:
            found.set_aside(say("The object has no name"), _plain(node))
    return found


def zero_based(root: Element) -> bool:
    """Say whether a corner is at 0, where VOC has no pixel."""
    return any(number(node.findtext(corner)) == 0 for node in root.iter("bndbox") for corner in CORNERS[:2])


def number(text: str | None) -> Any:
    """Return a number as it is written, whole or not; other text as it is."""
    word = (text or "").strip()
    if re.fullmatch(r"[+-]?\d{1,15}", word):
        return int(word)
    try:
        return float(word)
    except ValueError:
        return word


def _item(node: Element, first: int) -> dict[str, Any]:
    item: dict[str, Any] = {"label": (node.findtext("name") or "").strip() or None}
    box = node.find("bndbox")
    if box is not None:
        item |= _box(box, first)
    polygon = node.find("polygon")
    if polygon is not None:
        item["polygons"] = [[number(point.text) for point in polygon if POINT.fullmatch(point.tag)]]
    parts = [_item(part, first) for part in node.iterfind("part")]
    if parts:
        item["parts"] = parts
    return item | {field.tag: _plain(field) for field in node if field.tag not in (*GEOMETRY, *item)}


def _box(node: Element, first: int) -> dict[str, Any]:
    corners = [number(node.findtext(corner)) for corner in CORNERS]
    if not all(isinstance(corner, int | float) for corner in corners):
        return {"box": corners}
    left, top, right, bottom = corners
    # From 1, both corners are inside; from 0, tools write the corner behind the last pixel.
    return {"box": [left - first, top - first, right - left + first, bottom - top + first], "bndbox": corners}


def _plain(node: Element) -> Any:
    if len(node):
        return {child.tag: _plain(child) for child in node}
    return number(node.text)
