"""What all looks at the quality of a picture share: the size at which it is judged, its subject, its histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shisaku.ops.image.ground import Mask, ground_mask

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

LONG_SIDE = 256
SMALLEST = 0.005  # share of the image below which a subject is a speck
EDGE = 5  # pixels: a cut-out's outline belongs to whoever cut it out and says nothing about the picture


def as_seen(image: Pixels) -> Pixels:
    """Return the picture with a longer side of at most 256 pixels, about what a model sees."""
    import cv2

    height, width = image.shape[:2]
    factor = LONG_SIDE / max(height, width)
    if factor >= 1.0:  # making it larger would only look like blur
        return image
    new = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(image, new, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def grey_of(image: Pixels) -> Pixels:
    """Return the luma of an RGB picture: uint8 [h, w]."""
    import cv2

    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def subject_of(image: Pixels, *, inside: bool = False) -> Mask | None:
    """Return which pixels are the subject on a plain ground; None where it fills the picture or is only a speck.

    With `inside` the outline of the subject is left out too, unless nothing would remain.
    """
    import cv2

    ground = ground_mask(image)
    if ground is None:
        return None
    subject: Mask = ~ground
    if inside:
        core = cv2.erode(subject.astype(np.uint8), np.ones((EDGE, EDGE), np.uint8)).astype(np.bool_)
        subject = core if core.mean() >= SMALLEST else subject
    return subject if subject.mean() >= SMALLEST else None


def histogram(values: npt.NDArray[Any], mask: Mask | None = None) -> npt.NDArray[np.float64]:
    """Return the share of pixels (of those in `mask`) at each of the 256 levels of a uint8 [h, w] picture."""
    import cv2

    where = None if mask is None else mask.astype(np.uint8)
    counts = np.asarray(cv2.calcHist([values], [0], where, [256], [0, 256]), dtype=np.float64).ravel()
    return np.asarray(counts / max(1.0, float(counts.sum())), dtype=np.float64)


def quantile(shares: npt.NDArray[np.float64], share: float) -> int:
    """Return the smallest level with at least `share` of the histogram at or below it."""
    return int(np.searchsorted(np.cumsum(shares), share - 1e-9))


def bits(shares: npt.NDArray[np.float64]) -> float:
    """Return the entropy of shares that add up to 1, in bits."""
    held = shares[shares > 0]
    return max(0.0, float(-(held * np.log2(held)).sum()))


def noise_level(grey: Pixels, mask: Mask | None = None) -> float:
    """Return the standard deviation of the noise in grey levels (Immerkaer 1996, eq. 2); grey uint8 [h, w]."""
    import cv2

    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
    response = np.abs(cv2.filter2D(grey.astype(np.float32), -1, kernel)[1:-1, 1:-1])
    if mask is not None:
        response = response[mask[1:-1, 1:-1]]
    if response.size == 0:
        return 0.0
    return float(np.sqrt(np.pi / 2.0) * response.mean() / 6.0)
