"""The subject of a sample, told by its alpha, its mask, its objects or a plain ground, whichever it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image.annotated import Annotated, Item, covered_by, mask_of
from shisaku.ops.image.cutout import LARGEST, estimated_alpha, true_alpha
from shisaku.ops.reading import image_of

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

WAYS = ("auto", "alpha", "mask", "objects", "ground")
LONG_SIDE = 320  # pixels of the longer side at which GrabCut works: it takes seconds on a photograph as it is
ROUNDS, SEED = 5, 1

Alpha = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Foreground:
    """`pixels` RGB uint8 [h, w, 3], `alpha` float32 [h, w] in [0, 1], `how` it was told, and `label` if it has one."""

    pixels: Pixels
    alpha: Alpha
    how: str
    label: str = ""


def foreground_of(
    sample: Sample, image: str, mask: str, objects: str, way: str, rng: np.random.Generator | None = None
) -> Foreground:
    """Return the subject of a sample, at its place in the picture. Raises DataError where nothing tells it.

    `way` auto takes the first that there is: alpha, the part `mask` (what is not black), objects, a plain ground.
    An object is taken by its run-length mask or polygon, or by GrabCut within its box (Rother et al. 2004). With
    `rng` one object is drawn, without all are taken.
    """
    pixels = image_of(sample, image)
    colours, size = np.ascontiguousarray(pixels[:, :, :3]), (pixels.shape[1], pixels.shape[0])
    if way in ("auto", "alpha") and (alpha := true_alpha(pixels)) is not None:
        return Foreground(colours, alpha, "alpha")
    if way in ("auto", "mask") and (drawn := mask_of(sample, mask, size)) is not None:
        return Foreground(colours, _checked(_soft(np.asarray(drawn[:, :, :3].any(axis=2)))), "mask")
    if way in ("auto", "objects") and (items := Annotated.of(sample, objects, size).items):
        if rng is not None:
            items = (items[int(rng.integers(len(items)))],)
        cuts = [_of_item(colours, item) for item in items]
        alpha = np.max([cut for cut, _ in cuts], axis=0)
        return Foreground(colours, _checked(alpha), cuts[0][1], str(items[0].get("label", "")))
    if way in ("auto", "ground"):
        return Foreground(colours, estimated_alpha(colours), "ground")
    raise DataError(say("No subject to cut out: the sample has nothing of the kind {way}", way=way))


def _of_item(image: Pixels, item: Item) -> tuple[Alpha, str]:
    if "rle" in item or item.get("polygons"):
        return _soft(covered_by(item, (image.shape[0], image.shape[1]))), "objects"
    if "box" not in item:
        raise DataError(say("No subject to cut out: the object has neither box, polygon nor mask"))
    return grab_cut(image, item["box"]), "grabcut"


def grab_cut(image: Pixels, box: list[float]) -> Alpha:
    """Return the alpha of what GrabCut takes for the subject within a box [x, y, w, h] of an RGB picture."""
    import cv2

    height, width = image.shape[:2]
    factor = min(1.0, LONG_SIDE / max(height, width))
    small = (max(1, round(width * factor)), max(1, round(height * factor)))
    left, top = (max(0, int(np.floor(n * factor))) for n in box[:2])
    right = min(small[0], int(np.ceil((box[0] + box[2]) * factor)))
    bottom = min(small[1], int(np.ceil((box[1] + box[3]) * factor)))
    if right - left < 2 or bottom - top < 2 or (right - left, bottom - top) == small:
        raise DataError(say("No subject to cut out: the box is the whole picture, or next to nothing of it"))
    seen = cv2.resize(image, small, interpolation=cv2.INTER_AREA) if small != (width, height) else image
    found = np.zeros(small[::-1], np.uint8)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    # Its clusters start from OpenCV's generator of this thread, which others have used.
    cv2.setRNGSeed(SEED)
    try:
        rectangle = (left, top, right - left, bottom - top)
        cv2.grabCut(np.ascontiguousarray(seen), found, rectangle, *models, ROUNDS, cv2.GC_INIT_WITH_RECT)
    except cv2.error as error:
        raise DataError(say("No subject to cut out: GrabCut found no two groups of colours")) from error
    subject = (found == cv2.GC_FGD) | (found == cv2.GC_PR_FGD)
    whole = cv2.resize(subject.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return _soft(np.asarray(whole, dtype=np.bool_))


def _soft(subject: npt.NDArray[np.bool_]) -> Alpha:
    """Return alpha with an edge of a pixel that lies inside, so that no rim of the old ground comes along."""
    import cv2

    inner = cv2.erode(subject.astype(np.uint8), np.ones((3, 3), np.uint8)) if subject.sum() > 64 else subject
    return np.asarray(cv2.GaussianBlur(np.asarray(inner, dtype=np.float32), (3, 3), 0), dtype=np.float32)


def _checked(alpha: Alpha) -> Alpha:
    share = float((alpha > 0.5).mean())
    if not 0.0 < share <= LARGEST:
        raise DataError(say("No subject to cut out: {share:.0%} of the image would be the subject", share=share))
    return alpha
