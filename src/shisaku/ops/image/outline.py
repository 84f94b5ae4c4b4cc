"""Outlines of objects as polygons: what of them lies inside a picture, and how large it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.ops.image.warp import Points


def outlines_of(item: Mapping[str, Any], whole_box: bool) -> list[Points]:
    """Return the outlines [n, 2] of an object in pixels: its polygons, or its box if `whole_box` or without them.

    A box with a `rotation` is turned by so many degrees, clockwise, about its first corner (Label Studio).
    """
    polygons = item.get("polygons") or []
    if polygons and not (whole_box and "box" in item):
        return [np.asarray(polygon, dtype=np.float64).reshape(-1, 2) for polygon in polygons]
    if "box" not in item:
        return []
    x, y, width, height = item["box"]
    corners = np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]])
    angle = np.deg2rad(float(item.get("rotation") or 0.0))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [corners @ turn + (x, y)]


def inside(outline: Points, width: float, height: float) -> Points:
    """Return what of an outline lies within a picture (Sutherland and Hodgman 1974), empty if nothing does."""
    for axis, limit, sign in ((0, 0.0, 1.0), (0, width, -1.0), (1, 0.0, 1.0), (1, height, -1.0)):
        if not len(outline):
            break
        depth = sign * (outline[:, axis] - limit)
        kept: list[Points] = []
        for here, there, in_here, in_there in zip(
            outline, np.roll(outline, -1, axis=0), depth, np.roll(depth, -1), strict=True
        ):
            if in_here >= 0:
                kept.append(here)
            if (in_here >= 0) != (in_there >= 0):
                kept.append(here + (there - here) * (in_here / (in_here - in_there)))
        outline = np.asarray(kept).reshape(-1, 2)
    return outline


def area(outline: Points) -> float:
    """Return the area inside an outline that does not cross itself (shoelace formula)."""
    x, y = outline[:, 0], outline[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2.0)


def box_of(outlines: list[Points]) -> list[float]:
    """Return [x, y, width, height] of the smallest box around outlines."""
    points = np.concatenate(outlines)
    low, high = points.min(axis=0), points.max(axis=0)
    return [round(float(number), 3) for number in (*low, *(high - low))]


def box_of_mask(mask: npt.NDArray[np.bool_]) -> list[float]:
    """Return [x, y, width, height] of the smallest box around what is set in a mask that is not empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    sides = (columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0])
    return [float(side) for side in sides]
