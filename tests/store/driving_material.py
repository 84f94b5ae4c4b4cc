"""Makes small driving logs in the table layout of nuScenes (schema v1.0)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from store_material import save_image

START = 1_532_402_927_647_951  # microseconds, as in the real log
CHANNELS = {"CAM_FRONT": "camera", "CAM_BACK": "camera", "LIDAR_TOP": "lidar", "RADAR_FRONT": "radar"}
LATE = {"CAM_FRONT": -35_000, "CAM_BACK": -10_000, "LIDAR_TOP": 0, "RADAR_FRONT": 4_000}
TABLES = (
    *("scene", "sample", "sample_data", "calibrated_sensor", "ego_pose", "sensor", "log", "map"),
    *("category", "instance", "attribute", "visibility", "sample_annotation"),
)
CLOUD = np.random.default_rng(0).normal(size=(30, 5)).astype("<f4")
PCD = (
    b"# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z dyn_prop rcs\nSIZE 4 4 4 1 4\n"
    b"TYPE F F F I F\nCOUNT 1 1 1 1 1\nWIDTH 2\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2\nDATA binary\n"
)
RADAR = PCD + np.array([(1, 2, 3, 4, 5), (6, 7, 8, 9, 10)], "<f4,<f4,<f4,i1,<f4").tobytes()


def drive(root: Path, logs: int = 2, each: int = 3) -> Path:
    """A log as the nuScenes schema describes it: one scene a log, `each` key frames, one sweep beside each."""
    t: dict[str, list[dict[str, object]]] = {name: [] for name in TABLES}
    t["category"].append({"token": "cat", "name": "vehicle.car", "description": "a car"})
    t["attribute"].append({"token": "att", "name": "vehicle.moving"})
    t["visibility"].append({"token": "4", "level": "v80-100"})
    for channel, modality in CHANNELS.items():
        t["sensor"].append({"token": f"s-{channel}", "channel": channel, "modality": modality})
    for number in range(logs):
        place = "boston-seaport" if number else "singapore-onenorth"
        t["log"].append(
            {
                "token": f"log{number}",
                "vehicle": "n015",
                "date_captured": "2018-07-24",
                "location": place,
                "logfile": "",
            }
        )
        t["scene"].append(
            {
                "token": f"scene{number}",
                "name": f"scene-{number:04d}",
                "description": "Wait, cross",
                "log_token": f"log{number}",
            }
        )
        for channel, modality in CHANNELS.items():
            intrinsic = [[1266.4, 0.0, 816.2], [0.0, 1266.4, 491.5], [0.0, 0.0, 1.0]] if modality == "camera" else []
            t["calibrated_sensor"].append(
                {
                    "token": f"c{number}-{channel}",
                    "sensor_token": f"s-{channel}",
                    "translation": [1.7, 0.01, 1.5],
                    "rotation": [0.5, -0.5, 0.5, -0.5],
                    "camera_intrinsic": intrinsic,
                }
            )
        for n in range(each):
            add_key_frame(root, t, number, n)
    for name, rows in t.items():
        path = root / "v1.0-test" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(rows))
    return root


def add_key_frame(root: Path, t: dict[str, list[dict[str, object]]], log: int, n: int) -> None:
    sample, at = f"sample{log}-{n}", START + n * 500_000
    t["sample"].append({"token": sample, "timestamp": at, "scene_token": f"scene{log}", "prev": "", "next": ""})
    t["instance"].append({"token": f"i{log}-{n}", "category_token": "cat"})
    t["sample_annotation"].append(
        {
            "token": f"a{log}-{n}",
            "sample_token": sample,
            "instance_token": f"i{log}-{n}",
            "attribute_tokens": ["att"],
            "visibility_token": "4",
            "translation": [373.2, 1130.4, 0.8],
            "size": [0.6, 0.7, 1.6],
            "rotation": [0.98, 0.0, 0.0, -0.18],
            "num_lidar_pts": 5,
            "num_radar_pts": 0,
        }
    )
    for channel, modality in CHANNELS.items():
        suffix = {"camera": ".png", "lidar": ".pcd.bin", "radar": ".pcd"}[modality]
        for folder, key in (("samples", True), ("sweeps", False)):
            name = f"{folder}/{channel}/{log}-{n}{suffix}"
            when = at + LATE[channel] + (0 if key else 50_000)
            t["ego_pose"].append(
                {
                    "token": f"p-{name}",
                    "timestamp": when,
                    "translation": [411.3, 1180.9, 0.0],
                    "rotation": [0.57, 0, 0, -0.82],
                }
            )
            t["sample_data"].append(
                {
                    "token": f"d-{name}",
                    "sample_token": sample,
                    "ego_pose_token": f"p-{name}",
                    "calibrated_sensor_token": f"c{log}-{channel}",
                    "timestamp": when,
                    "fileformat": suffix.rpartition(".")[2],
                    "is_key_frame": key,
                    "filename": name,
                }
            )
            if key:
                save_sensor(root / name, modality, 10 * log + n)


def save_sensor(path: Path, modality: str, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if modality == "camera":
        save_image(path, seed)
    else:
        path.write_bytes(CLOUD.tobytes() if modality == "lidar" else RADAR)
