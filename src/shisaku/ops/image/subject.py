"""What all looks at the quality of a picture share: the size at which it is judged, its subject, its histogram."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shisaku.ops.image.ground import Mask, ground_mask

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

LONG_SIDE = 256
SMALLEST = 0.005  # share of the image below which a subject is a speck
EDGE = 5  # pixels: a cut-out's outline belongs to whoever cut it out and says nothing about the picture


class Look:
    """A picture as it is judged, worked out once for all detectors that look at it one after the other.

    `seen` is the picture with a longer side of at most 256 pixels, about what a model sees, `grey` its luma.
    """

    _last = threading.local()

    def __init__(self, image: Pixels) -> None:
        self.image = image
        self.seen = as_seen(image)
        self.grey = grey_of(self.seen)

    @classmethod
    def at(cls, image: Pixels) -> Look:
        """Return the look at this very array, the last one if it is the same."""
        last: Look | None = getattr(cls._last, "look", None)
        if last is None or last.image is not image:
            last = cls._last.look = cls(image)
        return last

    @cached_property
    def subject(self) -> Mask | None:
        """Which pixels are the subject, as `subject_of` says."""
        return subject_of(self.seen)

    @cached_property
    def inside(self) -> Mask | None:
        """The subject without its outline."""
        return None if self.subject is None else without_outline(self.subject)


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


def subject_of(image: Pixels) -> Mask | None:
    """Return which pixels are the subject on a plain ground; None where it fills the picture or is only a speck."""
    ground = ground_mask(image)
    if ground is None:
        return None
    subject: Mask = ~ground
    return subject if subject.mean() >= SMALLEST else None


def without_outline(subject: Mask) -> Mask:
    """Return the subject without its outline, or all of it where nothing would remain."""
    import cv2

    core = cv2.erode(subject.astype(np.uint8), np.ones((EDGE, EDGE), np.uint8)).astype(np.bool_)
    return core if core.mean() >= SMALLEST else subject


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
