"""The boxes of a sample as arrays, and the size of the picture that they were drawn on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.reading import image_of, part_of
from shisaku.store.objects import OBJECTS, Objects, box_around, is_numbers, source_size

IMAGE = "image"  # the part whose source has its size in a fact
RELATIVE = ((1, 1), (100, 100))  # frames of shares and of per cent, which hold at any size
MOST = 10_000  # boxes: the time to compare them grows with the square, and is 6 s here


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """The boxes of one picture: `sides` [n, 4] as x, y, width, height in units of `frame`, with the label of each.

    `names` say where to find each: ``id=17`` by its own id, ``#3`` as the third object without one. `turned` are
    degrees about the first corner; `crowd` marks regions of many.
    """

    sides: npt.NDArray[np.float64]
    labels: tuple[str, ...]
    names: tuple[str, ...]
    turned: npt.NDArray[np.float64]
    crowd: npt.NDArray[np.bool_]
    frame: tuple[float, float] | None

    def only(self, kept: npt.NDArray[np.bool_]) -> Boxes:
        """Return those of the boxes that are `kept`."""
        labels, names = (tuple(compress(words, kept)) for words in (self.labels, self.names))
        return Boxes(self.sides[kept], labels, names, self.turned[kept], self.crowd[kept], self.frame)

    @property
    def flat(self) -> npt.NDArray[np.bool_]:
        """Which boxes have no area."""
        return np.asarray((self.sides[:, 2:] <= 0).any(axis=1))


@dataclass(frozen=True, slots=True)
class Ground:
    """The picture under the boxes: `size` in units of their frame, `pixels` of the source file in one unit.

    `apart` is by which share the sides of a frame in pixels are in another proportion than those of the picture, which
    in its source file has `source` pixels: then the boxes were drawn on something else.
    """

    size: tuple[float, float]
    pixels: tuple[float, float]
    source: tuple[int, int]
    apart: float = 0.0


def boxes_of(sample: Sample, name: str) -> Boxes:
    """Return the boxes in the part `name`; an object without one has the box around its polygons.

    Raises DataError where there is no table of objects, no box in it, or more of them than are compared.
    """
    part = part_of(sample, name, "table")
    found = Objects.of(replace(sample, parts={OBJECTS: part}))
    if found is None:
        raise DataError(say("Part {part} is no table of objects", part=name), where=sample.id)
    return boxed(found.items, found.frame, sample.id, name)


def boxed(items: Sequence[Mapping[str, Any]], frame: tuple[float, float] | None, where: str, name: str) -> Boxes:
    """Return the boxes of objects. Raises DataError as `boxes_of` does."""
    held = [(place, item) for place, item in enumerate(items, 1) if "box" in item or item.get("polygons")]
    if not held:
        raise DataError(say("There is no box in part {part}", part=name), where=where)
    if len(held) > MOST:
        raise DataError(say("Part {part} has {n} boxes; at most {most} are compared", part=name, n=len(held),
                            most=MOST), where=where)  # fmt: skip
    return Boxes(
        np.array([item["box"] if "box" in item else box_around(item["polygons"]) for _, item in held], np.float64),
        tuple(str(item.get("label", "")) for _, item in held),
        tuple(f"id={item['id']}" if "id" in item else f"#{place}" for place, item in held),
        np.array([_turn(item) for _, item in held]),
        np.array([bool(item.get("crowd")) for _, item in held]),
        frame,
    )


def ground_of(sample: Sample, name: str, frame: tuple[float, float] | None) -> Ground:
    """Return the size of the picture `name` in units of `frame`. Raises DataError for a part that is no picture."""
    height, width = image_of(sample, name).shape[:2]
    upright = (source_size(sample) if name == IMAGE else None) or (width, height)
    if frame is None:
        return Ground(upright, (1.0, 1.0), upright)
    if frame in RELATIVE:
        return Ground(frame, (upright[0] / frame[0], upright[1] / frame[1]), upright)
    across, down = frame[0] * height, frame[1] * width
    # Each side of the picture at hand may have been rounded by half a pixel.
    apart = max(0.0, abs(across - down) - 0.5 * (frame[0] + frame[1])) / min(across, down)
    return Ground(frame, (1.0, 1.0), upright, apart)


def _turn(item: Mapping[str, Any]) -> float:
    given = item.get("rotation", 0.0)
    return float(given) % 360.0 if is_numbers([given]) else 0.0
