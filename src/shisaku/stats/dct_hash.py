"""What an image looks like in 64 bits, and in a small thumbnail to check a likeness of bits by."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

SIDE, BITS = 32, 64
FLAT = 4.0  # standard deviation in grey levels; below, the bits would be noise
THUMB = 16
MIDDLE, GAIN = np.float32(128), 2.0  # colour of a grey pixel; how much lighter or darker a copy may be
TINY = np.float32(1e-6)

Pixels = npt.NDArray[np.uint8]


def small(image: Pixels) -> Pixels:
    """Return the RGB image in 32 x 32 pixels, each the mean of what it covers."""
    return _resized(image, SIDE)


def thumbnail(little: Pixels) -> Pixels:
    """Return what `small` gave in 16 x 16 pixels."""
    return _resized(little, THUMB)


def dct_hash(little: Pixels) -> int | None:
    """Return the perceptual hash (Zauner 2010) of what `small` gave; None where it shows nothing but one tone.

    Of its brightness the discrete cosine transform; one bit for each of the 64 lowest frequencies but the mean, set
    where the coefficient is above their median. The bits say how the whole image is built, so size, compression and
    light hardly change them; crops, borders and mirrors do.
    """
    import cv2

    grey = cv2.cvtColor(little, cv2.COLOR_RGB2GRAY).astype(np.float32)
    if float(grey.std()) < FLAT:
        return None
    low = cv2.dct(grey)[_lowest()]
    middle = np.partition(low, (BITS // 2 - 1, BITS // 2))[BITS // 2 - 1 : BITS // 2 + 1].mean()
    return int.from_bytes(np.packbits(low > middle).tobytes(), "big")


def unlike(some: Pixels, others: Pixels) -> npt.NDArray[np.float32]:
    """Return how unlike pairs of thumbnails [n, 16, 16, 3] are, in grey levels: the larger of two root mean squares.

    First what is left of the brightness after the best gain and offset, then the difference of the colours (Cr and Cb)
    after the same gain: a lighter copy is a copy, the same drawing in another colour is not.
    """
    import cv2

    shape = (-1, THUMB * THUMB, 3)
    a, b = (
        cv2.cvtColor(np.ascontiguousarray(thumbs.reshape(-1, THUMB, 3)), cv2.COLOR_RGB2YCrCb).reshape(shape)
        for thumbs in (some, others)
    )
    light_a, light_b = (one[..., 0] - one[..., 0].mean(axis=1, dtype=np.float32, keepdims=True) for one in (a, b))
    spread_a, spread_b = (np.maximum(light.std(axis=1), TINY) for light in (light_a, light_b))
    share = np.clip((light_a * light_b).mean(axis=1) / (spread_a * spread_b), 0.0, 1.0)
    left = (spread_a + spread_b) / 2 * np.sqrt(1 - share**2)
    root = np.sqrt(np.clip(spread_b / spread_a, 1 / GAIN, GAIN))[:, None, None]
    colour = root * (a[..., 1:] - MIDDLE) - (b[..., 1:] - MIDDLE) / root
    worse: npt.NDArray[np.float32] = np.maximum(left, np.sqrt((colour**2).mean(axis=(1, 2)))).astype(np.float32)
    return worse


def _resized(image: Pixels, side: int) -> Pixels:
    import cv2

    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), dtype=np.uint8)


@cache
def _lowest() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    places = sorted((u + v, u, v) for u in range(SIDE) for v in range(SIDE) if u + v)[:BITS]
    return np.array([u for _, u, _ in places]), np.array([v for _, _, v in places])
