"""The noise of a camera's sensor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shisaku.ops.image.kernels import seed_from

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

MIDDLE = 127.5
STEPS = 1024.0  # of one standard deviation in whole numbers: finer than eight bits can show


def with_noise(image: Pixels, spread: float, rng: np.random.Generator) -> Pixels:
    """Return an RGB picture with noise of so many levels at mid grey; the half of its variance grows with the light."""
    import cv2

    if spread <= 0.0:
        return image
    # OpenCV's generator is one per thread: seeded here, it cannot remember what was drawn before.
    cv2.setRNGSeed(seed_from(rng))
    noise = np.empty(image.shape, np.int16)
    cv2.randn(noise, np.zeros(3), np.full(3, STEPS))
    gain = np.sqrt(0.5 + 0.5 * np.arange(256) / MIDDLE) * (spread / STEPS)
    scaled = cv2.multiply(noise, cv2.LUT(image, gain.astype(np.float32)), dtype=cv2.CV_32F)
    return np.asarray(cv2.add(image, scaled, dtype=cv2.CV_8U), dtype=np.uint8)
