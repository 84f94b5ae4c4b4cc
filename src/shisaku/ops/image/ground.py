"""The ground of an image: the one colour around its subject, where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

Mask = npt.NDArray[np.bool_]

TOLERANCE = 24
BORDER_SHARE = 0.9


def ground_mask(image: Pixels, tolerance: int = TOLERANCE) -> Mask | None:
    """Return which pixels belong to the plain ground that touches the border, or None where there is none.

    The ground colour is the median of the one-pixel border; at least 90 % of the border must lie within
    `tolerance` levels of it in every channel. From there the ground is what hangs together with the border
    (8-connected). `image` is RGB uint8 [h, w, 3], the mask bool [h, w].
    """
    import cv2

    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    colour = np.median(border, axis=0)
    if (np.abs(border - colour).max(axis=1) <= tolerance).mean() < BORDER_SHARE:
        return None
    alike = (np.abs(image.astype(np.float32) - colour).max(axis=2) <= tolerance).astype(np.uint8)
    _, pieces = cv2.connectedComponents(alike, connectivity=8)
    rim = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
    return np.asarray(np.isin(pieces, np.unique(rim[rim > 0])), dtype=np.bool_)
