"""A subject cut out of its image, by transparency or by its plain ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image.ground import ground_mask

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

OPAQUE = 250
SMALLEST = 0.01
LARGEST = 0.98


@dataclass(frozen=True)
class Cutout:
    """`pixels` RGB uint8 [h, w, 3], `alpha` float32 [h, w] in [0, 1], `how`: ``alpha`` or ``ground``.

    `corner` is where its left and top were in the image.
    """

    pixels: Pixels
    alpha: npt.NDArray[np.float32]
    how: str
    corner: tuple[int, int]


def cut_out(image: Pixels) -> Cutout:
    """Return the subject of an RGB or RGBA image, cropped to what is not transparent.

    Raises DataError where the image is wholly opaque and has no ground of one colour, or where next to
    nothing or nearly everything would be the subject.
    """
    known = true_alpha(image)
    alpha, how = (estimated_alpha(image[:, :, :3]), "ground") if known is None else (known, "alpha")
    rows, columns = np.flatnonzero((alpha > 0.05).any(axis=1)), np.flatnonzero((alpha > 0.05).any(axis=0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Cutout(image[:, :, :3][box], alpha[box], how, (int(columns[0]), int(rows[0])))


def true_alpha(image: Pixels) -> npt.NDArray[np.float32] | None:
    """Return the image's own alpha in [0, 1], None where it is opaque. Raises DataError where nothing is to be seen."""
    if image.shape[2] == 3 or not (image[:, :, 3] < OPAQUE).any():
        return None
    alpha = image[:, :, 3].astype(np.float32) / np.float32(255.0)
    if not (alpha > 0.5).any():
        raise DataError(say("The image is wholly transparent"))
    return np.asarray(alpha, dtype=np.float32)


def estimated_alpha(image: Pixels) -> npt.NDArray[np.float32]:
    """Return the alpha of a subject before a ground of one colour; RGB. Raises DataError where there is none."""
    import cv2

    ground = ground_mask(image)
    if ground is None:
        raise DataError(say("No subject to cut out: no transparency, and the ground is not of one colour"))
    subject = (~ground).astype(np.uint8)
    # Opening takes away specks of noise and compression around the subject.
    subject = np.asarray(cv2.morphologyEx(subject, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    share = float(subject.mean())
    if not SMALLEST <= share <= LARGEST:
        raise DataError(say("No subject to cut out: {share:.0%} of the image would be the subject", share=share))
    # The soft edge lies inside the subject, so that no rim of the old ground comes along.
    inner = cv2.erode(subject, np.ones((3, 3), np.uint8)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(inner, (3, 3), 0), dtype=np.float32)
