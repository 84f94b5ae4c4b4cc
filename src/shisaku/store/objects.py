"""The part ``objects``: what is seen where in an image, as boxes, polygons and masks in the units of a frame.

The part is a table ``{"frame": [width, height], "objects": [{"label", "box": [x, y, w, h], "polygons"?, "rle"?,
"crowd"?, "id"?, ...}]}``. Numbers are those of the source. The frame is the source image in pixels; where a format
gives fractions or per cent, it is ``[1, 1]`` or ``[100, 100]``, and the same numbers hold at any size. A frame of
``null`` is the source image, whose size nobody wrote down. ``set_aside`` lists what could not be understood.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, MediaError
from shisaku.message import say
from shisaku.store.codecs import decode_table
from shisaku.store.rle import resized_mask

OBJECTS = "objects"
LARGEST = 1e9
PNG_SIZE = slice(16, 24)


@dataclass(frozen=True, slots=True)
class Objects:
    """The part `objects` of a sample, understood: its `frame`, if it has one, and its objects as they are."""

    table: Mapping[str, Any]
    items: tuple[Mapping[str, Any], ...]
    frame: tuple[float, float] | None

    @classmethod
    def of(cls, sample: Sample) -> Objects | None:
        """Return the objects of `sample`; None where it has none, or a table of that name that is something else."""
        part = sample.parts.get(OBJECTS)
        if part is None or part.kind != "table":
            return None
        table = decode_table(part)
        items = table.get(OBJECTS) if isinstance(table, dict) else None
        if not isinstance(items, list) or not all(is_object(item) for item in items):
            return None
        frame = table.get("frame")
        if frame is not None and not is_frame(frame):
            return None
        return cls(table, tuple(items), None if frame is None else (frame[0], frame[1]))

    def scale_to(self, width: float, height: float, sample: Sample) -> tuple[float, float]:
        """Return what turns the units of the frame into those of a picture of this size."""
        frame = self.frame or source_size(sample) or (width, height)
        return width / frame[0], height / frame[1]


def is_numbers(values: Any, n: int = 0) -> bool:
    """Say whether `values` is a list of finite numbers of a sane size (`n` of them, where given)."""
    if not isinstance(values, list) or (n and len(values) != n):
        return False
    return all(type(v) in (int, float) and -LARGEST <= v <= LARGEST for v in values)


def is_frame(values: Any) -> bool:
    """Say whether `values` is a list of a width and a height."""
    return is_numbers(values, 2) and min(values) > 0


def is_polygon(values: Any) -> bool:
    """Say whether `values` is a flat list of at least three points."""
    return is_numbers(values) and len(values) >= 6 and len(values) % 2 == 0


def is_object(held: Any) -> bool:
    """Say whether `held`, from a file, has the form of one object of the part."""
    if not isinstance(held, dict) or not isinstance(held.get("label", ""), str):
        return False
    polygons = held.get("polygons", [])
    return (
        ("box" not in held or is_numbers(held["box"], 4))
        and isinstance(polygons, list)
        and all(is_polygon(polygon) for polygon in polygons)
        and isinstance(held.get("rle", {}), dict)
        and _is_plain(held)
    )


def scaled(item: Mapping[str, Any], across: float, down: float, size: tuple[int, int] | None = None) -> dict[str, Any]:
    """Return an object in other units: x and w times `across`, y and h times `down`; a mask is drawn at `size`.

    `size` is (width, height). A mask that cannot be drawn is left out. Keys that hold no geometry stay.
    """
    if across == down == 1:
        return dict(item)
    made = dict(item)
    if "box" in item:
        made["box"] = _times(item["box"], across, down)
    if "polygons" in item:
        made["polygons"] = [_times(polygon, across, down) for polygon in item["polygons"]]
    if "rle" in item:
        made.pop("rle")
        with suppress(DataError):
            made |= {"rle": resized_mask(item["rle"], *size)} if size else {}
    return made


def box_around(polygons: Sequence[Sequence[float]]) -> list[float]:
    """Return [x, y, w, h] of the smallest box around the polygons."""
    xs = [x for polygon in polygons for x in polygon[::2]]
    ys = [y for polygon in polygons for y in polygon[1::2]]
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]


def polygon_area(polygon: Sequence[float]) -> float:
    """Return the area inside a polygon that does not cross itself (shoelace formula)."""
    xs, ys = polygon[::2], polygon[1::2]
    turned = zip(xs, ys, [*xs[1:], xs[0]], [*ys[1:], ys[0]], strict=True)
    return abs(sum(x * next_y - next_x * y for x, y, next_x, next_y in turned)) / 2


def picture_size(part: Part) -> tuple[int, int]:
    """Return (width, height) of a canonical image part, from the head of its PNG. Raises MediaError."""
    if part.kind != "image" or len(part.data) < PNG_SIZE.stop:
        raise MediaError(say("The image is not an 8-bit RGB or RGBA PNG"), where=part.uri)
    width, height = struct.unpack(">II", part.data[PNG_SIZE])
    return width, height


def source_size(sample: Sample) -> tuple[int, int] | None:
    """Return (width, height) of the file that the image was read from, upright, where the record knows it.

    The fact has the sides as the file has them; a picture that its EXIF turns lies the other way at hand.
    """
    width, _, height = sample.facts.get("image_size", "").partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        return None
    told, part = (int(width), int(height)), sample.parts.get("image")
    if part is None or part.kind != "image":
        return told
    try:
        across, down = picture_size(part)
    except MediaError:
        return told
    return told if (told[0] > told[1]) == (across > down) else (told[1], told[0])


def _times(values: Sequence[float], across: float, down: float) -> list[float]:
    return [value * (down if place % 2 else across) for place, value in enumerate(values)]


def _is_plain(held: Any) -> bool:
    try:
        json.dumps(held, allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return True
