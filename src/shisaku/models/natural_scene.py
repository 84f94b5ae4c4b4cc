"""Statistics of natural scenes: what an undamaged photograph's pixels obey, and damaged ones do not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

Numbers = npt.NDArray[np.float64]

SMALLEST_SIDE = 16
WINDOW, SIGMA = 7, 7.0 / 6.0
LUMA = (0.2125, 0.7154, 0.0721)  # ITU-R BT.709
CONSTANT = 1.0 / 255.0
SHAPES = (0.02, 50.0)


def scene_features(image: Pixels) -> Numbers:
    """Return the 36 features of BRISQUE of an RGB picture, 18 at its own size and 18 at half of it; NaN where flat.

    At each size: shape and variance of the locally normalised luma, and shape, mean, left and right variance of its
    products with the neighbour to the right, below, and along both diagonals, as an asymmetric generalised Gaussian.
    """
    import cv2

    grey = np.asarray(image[:, :, :3], dtype=np.float64) @ np.array(LUMA) / 255.0
    half = np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_CUBIC), dtype=np.float64)
    return np.array([value for scale in (grey, half) for value in _at_one_scale(scale)])


def _at_one_scale(grey: Numbers) -> list[float]:
    x = normalised(grey)
    shape, _, left, right = fitted(x)
    features = [shape, (left**2 + right**2) / 2.0]
    products = (x[:, :-1] * x[:, 1:], x[:-1] * x[1:], x[:-1, :-1] * x[1:, 1:], x[1:, :-1] * x[:-1, 1:])
    for product in products:
        shape, mean, left, right = fitted(product)
        features += [shape, mean, left**2, right**2]
    return features


def normalised(grey: Numbers) -> Numbers:
    """Return luma less its local mean, over its local deviation (Gaussian window of 7 pixels, nothing outside)."""
    import cv2

    def smoothed(values: Numbers) -> Numbers:
        line = cv2.getGaussianKernel(WINDOW, SIGMA, cv2.CV_64F)
        return np.asarray(cv2.sepFilter2D(values, cv2.CV_64F, line, line, borderType=cv2.BORDER_CONSTANT))

    mean = smoothed(grey)
    deviation = np.sqrt(np.abs(mean**2 - smoothed(grey**2)))
    return np.asarray((grey - mean) / (deviation + CONSTANT))


def fitted(x: Numbers) -> tuple[float, float, float, float]:
    """Return shape, mean, left and right deviation of an asymmetric generalised Gaussian, by its moments.

    Lasmar, Stitou and Berthoumieu, ICIP 2009. NaN where a side has no values.
    """
    below, above = x[x < 0], x[x >= 0]
    if not below.size or not above.size or not above.any():
        return math.nan, math.nan, math.nan, math.nan
    left, right = math.sqrt(float(np.mean(below**2))), math.sqrt(float(np.mean(above**2)))
    gamma = left / right
    ratio = float(np.mean(np.abs(x))) ** 2 / float(np.mean(x**2))
    wanted = ratio * (gamma**3 + 1.0) * (gamma + 1.0) / (gamma**2 + 1.0) ** 2
    shape = _shape(wanted)
    spread = math.exp((math.lgamma(1.0 / shape) - math.lgamma(3.0 / shape)) / 2.0)
    mean = (right - left) * spread * math.exp(math.lgamma(2.0 / shape) - math.lgamma(1.0 / shape))
    return shape, mean, left, right


def _shape(wanted: float) -> float:
    from scipy.optimize import brentq

    def missing(shape: float) -> float:
        logs = 2.0 * math.lgamma(2.0 / shape) - math.lgamma(1.0 / shape) - math.lgamma(3.0 / shape)
        return math.exp(logs) - wanted

    low, high = SHAPES
    if missing(low) >= 0:
        return low
    return high if missing(high) <= 0 else float(brentq(missing, low, high, xtol=1e-12))
