"""Edges of a picture and of a point cloud, and how well they fall on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shisaku.ops.sync.projection import Array, pixels

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

SIDE = 512  # pixels of the longer side that pictures are compared at
NEAR, FAR = 1.5, 6.0  # pixels (sd) over which an edge is felt: to be exact, and to be found at all
JUMP = 0.5  # metres that the next point of the same beam must be farther away
SHARE = 0.05  # ... and this share of the distance
APART = 1.5  # degrees between two neighbours of one beam
BEAM = 0.4  # degrees of elevation that make one beam where the cloud does not number them


def image_edges(image: Pixels) -> Array:
    """Return how near an edge every pixel is: mean 0, spread 1. RGB uint8 [height, width, 3]."""
    import cv2

    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1.0)
    strength = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    strength = np.minimum(strength / max(float(np.quantile(strength, 0.98)), 1e-6), 1.0)
    near, far = (_even(cv2.GaussianBlur(strength, (0, 0), reach)) for reach in (NEAR, FAR))
    return _even(near + far)


def depth_edges(cloud: Array) -> tuple[Array, Array]:
    """Return (points [n, 3], weights) where a beam jumps to something behind; the nearer point counts.

    The weight is the square root of the jump in metres (Levinson and Thrun, RSS 2013). The fifth column numbers the
    beams where it is whole numbers; else they are told by their elevation.
    """
    points = cloud[:, :3].astype(np.float64)
    distance = np.linalg.norm(points, axis=1)
    held = np.isfinite(cloud).all(axis=1) & (distance > 1.0)
    cloud, points, distance = cloud[held], points[held], distance[held]
    azimuth = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    numbers = cloud[:, 4] if cloud.shape[1] > 4 else np.full(len(cloud), 0.5)
    if not len(numbers) or (numbers != np.rint(numbers)).any() or len(np.unique(numbers)) < 4:
        numbers = np.rint(np.degrees(np.arcsin(points[:, 2] / distance)) / BEAM)
    order = np.lexsort((azimuth, numbers))
    same = (np.diff(numbers[order]) == 0) & (np.diff(azimuth[order]) < APART)
    step = np.where(same, np.diff(distance[order]), 0.0)
    behind = np.maximum(np.append(step, 0.0), np.insert(-step, 0, 0.0))
    found = behind > np.maximum(JUMP, SHARE * distance[order])
    return points[order][found], np.sqrt(np.minimum(behind[found], 10.0))


def fit(points: Array, weights: Array, intrinsic: Array, edges: Array) -> float:
    """Return the weighted mean of the picture's edges under the points (camera's frame); outside counts as 0."""
    at, ahead = pixels(points, intrinsic)
    height, width = edges.shape
    columns, rows = np.floor(at).T
    inside = ahead & (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    felt = edges[rows[inside].astype(np.int64), columns[inside].astype(np.int64)]
    return float((felt * weights[inside]).sum() / weights.sum())


def _even(values: npt.NDArray[Any]) -> Array:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9))
