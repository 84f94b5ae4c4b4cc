"""From a LiDAR point to a pixel: the rig's calibration and where the vehicle was when each sensor looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.message import say

Array = npt.NDArray[np.float64]
NEAREST = 1.0  # metres in front of the camera
LEAST_APART = 0.005  # seconds between two poses, below which they say nothing about speed


@dataclass(frozen=True, slots=True)
class Rig:
    """Where the points are in the camera's frame (x right, y down, z forward), and how it sees.

    `to_camera` takes points of the LiDAR to the camera, both at their own times; `motion` is what one second of
    driving changes of that (4 x 4, minus the identity), None where the poses do not tell.
    """

    to_camera: Array
    intrinsic: Array
    motion: Array | None


def rig_of(calibration: Any, poses: Any, camera: str, lidar: str) -> Rig:
    """Return the rig from tables by channel (translation in m, rotation w, x, y, z). Raises DataError."""
    try:
        mounted_camera, mounted_lidar = _pose(calibration[camera]), _pose(calibration[lidar])
        intrinsic = np.asarray(calibration[camera]["camera_intrinsic"], np.float64).reshape(3, 3)
        at_camera, at_lidar = _pose(poses[camera]), _pose(poses[lidar])
        apart = (float(poses[camera].get("timestamp", 0)) - float(poses[lidar].get("timestamp", 0))) / 1e6
        between = np.linalg.inv(at_camera) @ at_lidar
        outside = np.linalg.inv(mounted_camera)
    except (LookupError, TypeError, ValueError, AttributeError, np.linalg.LinAlgError):
        raise DataError(
            say("There is no calibration and pose of {camera} and {lidar}", camera=camera, lidar=lidar)
        ) from None
    motion = (between - np.eye(4)) / -apart if abs(apart) >= LEAST_APART else None
    to_camera = outside @ between @ mounted_lidar
    # A camera that looked a moment later sees the points from where the vehicle is by then.
    moved = None if motion is None else outside @ (-motion) @ mounted_lidar
    if not (
        np.isfinite(to_camera).all() and np.isfinite(intrinsic).all() and intrinsic[0, 0] > 0 and intrinsic[1, 1] > 0
    ):
        raise DataError(say("There is no calibration and pose of {camera} and {lidar}", camera=camera, lidar=lidar))
    return Rig(to_camera, intrinsic, moved)


def pixels(points: Array, intrinsic: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return [n, 2] (column, row) of points in the camera's frame, and which lie in front of it."""
    ahead = points[:, 2] > NEAREST
    depth = np.where(ahead, points[:, 2], 1.0)
    seen = points @ intrinsic.T
    return seen[:, :2] / depth[:, None], ahead


def turned(yaw: float, pitch: float) -> Array:
    """Return the 3 x 3 rotation in the camera's frame: yaw to the right, pitch upwards, in degrees."""
    a, b = np.radians(yaw), np.radians(pitch)
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return np.asarray(about_x @ about_y)


def _pose(held: Mapping[str, Any]) -> Array:
    placed = np.eye(4)
    placed[:3, :3] = _rotation(held["rotation"])
    placed[:3, 3] = np.asarray(held["translation"], np.float64).reshape(3)
    return placed


def _rotation(quaternion: Sequence[float]) -> Array:
    given = np.asarray(quaternion, np.float64).reshape(4)
    length = float(np.linalg.norm(given))
    if not 0.5 < length < 2.0:
        raise ValueError("not a rotation")
    w, x, y, z = given / length
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
