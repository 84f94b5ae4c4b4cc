"""The objects and the mask of a sample, in pixels of its picture, and how they follow a change of place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image.outline import area, box_of, box_of_mask, inside, outlines_of
from shisaku.ops.image.warp import Warp
from shisaku.ops.reading import image_of
from shisaku.store.codecs import encode_image, encode_table
from shisaku.store.objects import OBJECTS, Objects, scaled
from shisaku.store.rle import decode_mask, encode_mask, resized_mask

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

Item = Mapping[str, Any]
Mask = npt.NDArray[np.bool_]

RIGID = ("keypoints", "shape")  # geometry that only its own format understands
STALE = ("area", "centre", "rotation")  # said of the old place; writers compute what they need


@dataclass(frozen=True)
class Annotated:
    """What is seen where in a picture of `size` (width, height): `items` in its pixels.

    `table` is the part as it was; None where the sample has no such part.
    """

    size: tuple[int, int]
    items: tuple[Item, ...]
    table: Mapping[str, Any] | None

    @classmethod
    def of(cls, sample: Sample, name: str, size: tuple[int, int]) -> Annotated:
        """Return the objects in the part `name`. Raises DataError where they cannot follow."""
        if name not in sample.parts:
            return cls(size, (), None)
        found = Objects.of(replace(sample, parts={OBJECTS: sample.parts[name]}))
        if found is None:
            raise DataError(say("Part {part} is no table of objects, so that it cannot follow", part=name))
        across, down = found.scale_to(*size, sample)
        for item in found.items:
            for key in RIGID:
                if key in item:
                    raise DataError(say("An object has {key}, which cannot follow the picture", key=key))
        if across == down == 1:
            return cls(size, found.items, found.table)
        kept = [{key: item[key] for key in item if key not in ("area", "centre")} for item in found.items]
        return cls(size, tuple(scaled(item, across, down, size) for item in kept), found.table)

    def parts(self, name: str) -> dict[str, Part]:
        """Return the part to write: none where the sample had none."""
        if self.table is None:
            return {}
        made = {**self.table, "frame": list(self.size), OBJECTS: [dict(item) for item in self.items]}
        return {name: Part("table", encode_table(made))}

    def moved(self, warp: Warp, least: float) -> Annotated:
        """Return the objects after `warp`, without those of which less than the share `least` is still in view."""
        return self._with((_moved(item, self.size, warp, least) for item in self.items), warp.size)

    def uncovered(self, cover: Mask, least: float) -> Annotated:
        """Return the objects of which at least the share `least` is not under `cover`; masks lose what is under it."""
        return self._with((_uncovered(item, cover, least) for item in self.items), self.size)

    def beside(self, others: Sequence[Item]) -> Annotated:
        """Return the objects with others added, without the numbers that others had where they came from."""
        new = ({key: value for key, value in item.items() if key != "id"} for item in others)
        return replace(self, items=(*self.items, *new))

    def _with(self, found: Any, size: tuple[int, int]) -> Annotated:
        return replace(self, items=tuple(item for item in found if item is not None), size=size)

    def lost(self, before: Annotated) -> dict[str, str]:
        """Return the fact that says how many objects are gone. Raises DataError where all of them are."""
        gone = len(before.items) - len(self.items)
        if before.items and not self.items:
            raise DataError(say("None of the {n} objects would be left in the picture", n=gone))
        return {"objects_lost": str(gone)} if gone else {}


def mask_of(sample: Sample, name: str, size: tuple[int, int]) -> Pixels | None:
    """Return the mask as it is drawn, at the size of the picture; None where there is none. Raises DataError."""
    import cv2

    if name not in sample.parts:
        return None
    mask = image_of(sample, name)
    if mask.shape[1::-1] == size:
        return mask
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def mask_parts(name: str, mask: Pixels | None) -> dict[str, Part]:
    """Return the part to write: none where there is no mask."""
    return {} if mask is None else {name: Part("image", encode_image(mask))}


def covered_by(item: Item, shape: tuple[int, int]) -> Mask:
    """Return which pixels [height, width] an object takes: its mask, its polygons, or else its box."""
    import cv2

    with suppress(DataError):
        if "rle" in item:
            return _drawn_at(item["rle"], shape)
    drawn = np.zeros(shape, np.uint8)
    # Sixteenths of a pixel, from the middle of a pixel, as OpenCV counts.
    outlines = [np.rint((outline - 0.5) * 16).astype(np.int32) for outline in outlines_of(item, whole_box=False)]
    if outlines:
        cv2.fillPoly(drawn, outlines, 1, shift=4)
    return drawn.astype(np.bool_)


def _moved(item: Item, size: tuple[int, int], warp: Warp, least: float) -> Item | None:
    made = {key: value for key, value in item.items() if key not in STALE}
    if "rle" in item:
        seen = warp.mask(_drawn_at(item["rle"], (size[1], size[0])).astype(np.uint8)).astype(np.bool_)
        made["rle"] = encode_mask(seen)
    seen_share, outlines = _moved_outlines(outlines_of(item, whole_box=False), size, warp)
    boxed_share, boxed = _moved_outlines(outlines_of(item, whole_box=True), size, warp)
    if not outlines and "rle" not in item:
        return None if "box" in item or item.get("polygons") else made
    if outlines and seen_share < least:
        return None
    if item.get("polygons") or item.get("rotation"):
        made["polygons"] = [[round(float(n), 3) for n in outline.ravel()] for outline in outlines]
    if "rle" in item:
        if not seen.any() or ("box" in item and boxed_share < least):
            return None
        made["box"] = box_of(boxed) if warp.axes_stay and boxed else box_of_mask(seen)
        return made
    made["box"] = box_of(boxed if warp.axes_stay and boxed else outlines)
    return made


def _drawn_at(rle: Any, shape: tuple[int, int]) -> Mask:
    """Return a mask, bool of `shape` (height, width), whatever its own size is. Raises DataError."""
    mask = decode_mask(rle)
    return mask if mask.shape == shape else decode_mask(resized_mask(rle, shape[1], shape[0]))


def _moved_outlines(outlines: list[Any], size: tuple[int, int], warp: Warp) -> tuple[float, list[Any]]:
    """Return the share of the area that stays in view, and the outlines that do."""
    # First within the old picture: what lies far outside of it may have crossed the horizon.
    before = [found for outline in outlines if len(found := inside(outline, *size))]
    gone = [warp.points(outline) for outline in before]
    after = [found for outline in gone if len(found := inside(outline, *warp.size)) >= 3 and area(found) > 0.0]
    whole = sum(map(area, gone))
    return (sum(map(area, after)) / whole if whole else 0.0), after


def _uncovered(item: Item, cover: Mask, least: float) -> Item | None:
    taken = covered_by(item, (cover.shape[0], cover.shape[1]))
    if not taken.any():
        return item
    free = taken & ~cover
    if float(free.sum() / taken.sum()) < least:
        return None
    if "rle" in item and (taken & cover).any():
        return {**{key: value for key, value in item.items() if key not in STALE}, "rle": encode_mask(free)}
    return item
