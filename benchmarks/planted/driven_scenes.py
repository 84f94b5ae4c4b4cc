"""A simulated drive with true geometry: boxes on a road, ray-cast for a camera and a LiDAR.

All of it is simulated but the textures, which are photographs. The vehicle drives on an arc; camera and LiDAR look at
their own times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.store.codecs import decode_image, decode_table, encode_image, encode_points, encode_table

Array = npt.NDArray[np.float64]
CAMERA, LIDAR = "CAM_FRONT", "LIDAR_TOP"
WIDTH, HEIGHT, FOCAL = 320, 180, 253.0
MOUNTED = {CAMERA: (1.7, 0.0, 1.5), LIDAR: (0.9, 0.0, 1.8)}
FORWARD = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])  # camera's axes in the vehicle's frame
LATE = {CAMERA: -0.035, LIDAR: 0.0}  # seconds, as nuScenes triggers its front camera


@dataclass(frozen=True)
class Drive:
    """Speed in m/s, turn in rad/s, where the vehicle is at second 0."""

    speed: float
    turn: float

    def pose(self, seconds: float) -> tuple[Array, float]:
        heading = self.turn * seconds
        return np.array(
            [self.speed * seconds * np.cos(heading / 2), self.speed * seconds * np.sin(heading / 2), 0.0]
        ), heading


def driven_scenes(pictures: Sequence[Sample], n: int, camera_is_late: float = 0.0) -> list[Sample]:
    """Return `n` key frames of as many scenes, 8 to a drive; the camera truly looks `camera_is_late` s too late."""
    seen = [decode_image(one.parts["image"])[:, :, :3] for one in pictures]
    return [_key_frame(f"frame-{k:03d}", k, seen, camera_is_late) for k in range(n)]


def turned_camera(sample: Sample, yaw: float, pitch: float = 0.0) -> Sample:
    """Return the key frame with a calibration that says the camera is turned by so many degrees."""
    held = decode_table(sample.parts["calibration"])
    a, b = np.radians([yaw, pitch])
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tip = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    held[CAMERA]["rotation"] = quaternion(turn @ tip @ FORWARD)
    return sample.with_part("calibration", replace(sample.parts["calibration"], data=encode_table(held)))


def skewed(sample: Sample, ms: float) -> Sample:
    """Return the key frame whose camera says that it looked so much later."""
    part = sample.parts[CAMERA]
    assert part.span is not None
    return sample.with_part(CAMERA, replace(part, span=(part.span[0] + ms / 1e3, part.span[1] + ms / 1e3)))


def quaternion(m: Array) -> list[float]:
    """Return w, x, y, z of a rotation matrix."""
    from scipy.spatial.transform import Rotation

    x, y, z, w = Rotation.from_matrix(m).as_quat()
    return [float(w), float(x), float(y), float(z)]


def _key_frame(name: str, k: int, pictures: Sequence[Any], late: float) -> Sample:
    rng = rng_for(3, "driven scenes", name)
    drive = Drive(float(rng.uniform(5, 15)), float(rng.uniform(-0.3, 0.3)))
    boxes, now = _boxes(rng), 1_532_402_927.0 + k / 2
    jitter = float(rng.normal(0, 0.001))
    at = {CAMERA: LATE[CAMERA] + jitter, LIDAR: 0.0}
    calibration: dict[str, Any] = {
        CAMERA: {
            "translation": list(MOUNTED[CAMERA]),
            "rotation": quaternion(FORWARD),
            "camera_intrinsic": [[FOCAL, 0.0, WIDTH / 2], [0.0, FOCAL, HEIGHT / 2], [0.0, 0.0, 1.0]],
        },
        LIDAR: {"translation": list(MOUNTED[LIDAR]), "rotation": [1.0, 0.0, 0.0, 0.0]},
    }
    poses = {}
    for channel, seconds in at.items():
        place, heading = drive.pose(seconds)
        poses[channel] = {
            "translation": place.tolist(),
            "rotation": [float(np.cos(heading / 2)), 0.0, 0.0, float(np.sin(heading / 2))],
            "timestamp": round((now + seconds) * 1e6),
        }
    image = _photograph(drive, at[CAMERA] + late, boxes, pictures, rng)
    cloud = _sweep(drive, at[LIDAR], boxes, rng)
    when = {channel: (now + seconds, now + seconds) for channel, seconds in at.items()}
    parts = {
        CAMERA: Part("image", encode_image(image), span=when[CAMERA], clock="unix"),
        LIDAR: Part("points", encode_points(cloud), span=when[LIDAR], clock="unix"),
        "calibration": Part("table", encode_table(calibration)),
        "ego_pose": Part("table", encode_table(poses)),
    }
    return Sample(name, parts, group=f"drive-{k // 8}")


def _boxes(rng: np.random.Generator) -> Array:
    """Return [n, 2, 3]: lowest and highest corner of cars, poles and houses along the road."""
    found = []
    for _ in range(int(rng.integers(8, 14))):
        size = ((4.2, 1.8, 1.5), (0.3, 0.3, 4.0), (0.6, 0.6, 1.7))[int(rng.integers(3))]
        side = float(rng.choice([-1, 1])) * float(rng.uniform(2.5, 9))
        low = np.array([float(rng.uniform(8, 40)), side, 0.0])
        found.append(np.stack([low, low + size]))
    for side in (-1, 1):
        low = np.array([float(rng.uniform(15, 30)), side * 14.0, 0.0])
        found.append(np.stack([low, low + np.array([12.0, 4.0, 7.0])]))
    return np.stack(found)


def cast(start: Array, ways: Array, boxes: Array) -> tuple[Array, npt.NDArray[np.int64]]:
    """Return (distance, which box; -1 the road, -2 the sky) of rays from one point."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = ((boxes[:, k] - start)[None] / ways[:, None] for k in (0, 1))
        enter = np.nanmax(np.minimum(one, other), axis=2)
        leave = np.nanmin(np.maximum(one, other), axis=2)
        road = np.where(ways[:, 2] < 0, -start[2] / ways[:, 2], np.inf)
    hit = np.where((enter < leave) & (enter > 0), enter, np.inf)
    nearest = hit.min(axis=1)
    which = np.where(nearest < road, hit.argmin(axis=1), np.where(np.isfinite(road), -1, -2))
    return np.minimum(nearest, road), which


def _photograph(drive: Drive, seconds: float, boxes: Array, pictures: Sequence[Any], rng: np.random.Generator) -> Any:
    place, turn = _world(drive, seconds)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    rays = np.stack([(columns - WIDTH / 2) / FOCAL, (rows - HEIGHT / 2) / FOCAL, np.ones_like(rows)], -1).reshape(-1, 3)
    start = place + turn @ np.array(MOUNTED[CAMERA])
    ways = rays @ (turn @ FORWARD).T
    distance, which = cast(start, ways, boxes)
    at = start + ways * np.minimum(distance, 1e4)[:, None]
    shown = np.empty((len(rays), 3))
    shown[which == -2] = (170, 190, 215)
    for thing in range(-1, len(boxes)):
        here = which == thing
        picture = pictures[int(rng.integers(len(pictures)))]
        tint = rng.uniform(0.4, 1.1)
        u = (at[here] @ np.array([41.0, 57.0, 0.0] if thing >= 0 else [9.0, 0.0, 0.0])).astype(int) % picture.shape[1]
        v = (at[here] @ np.array([0.0, 0.0, 61.0] if thing >= 0 else [0.0, 9.0, 0.0])).astype(int) % picture.shape[0]
        # Half of the contrast of a photograph, on a colour of the thing's own.
        shown[here] = 0.5 * picture[v, u] * tint + 0.5 * rng.uniform(30, 220, 3)
    image = shown.reshape(HEIGHT, WIDTH, 3) + rng.normal(0, 4, (HEIGHT, WIDTH, 3))
    return np.clip(image, 0, 255).astype(np.uint8)


def _sweep(drive: Drive, seconds: float, boxes: Array, rng: np.random.Generator) -> Array:
    place, turn = _world(drive, seconds)
    azimuth = np.radians(np.arange(-60, 60, 1 / 3))
    rings, angles = np.meshgrid(np.arange(32), azimuth, indexing="ij")
    up = np.radians(-30 + rings * 40 / 31)
    ways = np.stack([np.cos(up) * np.cos(angles), np.cos(up) * np.sin(angles), np.sin(up)], -1).reshape(-1, 3)
    start = place + turn @ np.array(MOUNTED[LIDAR])
    distance, _ = cast(start, ways @ turn.T, boxes)
    seen = distance < 80
    points = ways[seen] * (distance[seen] + rng.normal(0, 0.02, int(seen.sum())))[:, None]
    return np.column_stack([points, np.full(len(points), 20.0), rings.ravel()[seen]])


def _world(drive: Drive, seconds: float) -> tuple[Array, Array]:
    place, heading = drive.pose(seconds)
    c, s = np.cos(heading), np.sin(heading)
    return place, np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
