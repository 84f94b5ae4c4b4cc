from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from driving_material import CHANNELS, CLOUD, LATE, START, drive

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.store.codecs import decode_points, decode_table
from shisaku.store.ingest import Ingested, ingest
from shisaku.store.layout import layout_of
from shisaku.store.readers.nuscenes import NuscenesReader


def samples_of(found: Ingested) -> dict[str, Sample]:
    return {sample.id: sample for sample in found.dataset}


def change(root: Path, table: str, edit: object) -> None:
    path = root / "v1.0-test" / f"{table}.json"
    rows = json.loads(path.read_text())
    edit(rows)  # type: ignore[operator]
    path.write_text(json.dumps(rows))


def test_a_key_frame_has_all_sensors_on_one_clock(tmp_path: Path) -> None:
    found = ingest(NuscenesReader(str(drive(tmp_path / "data"))), tmp_path / "cache")
    assert not found.drops
    held = samples_of(found)
    assert len(held) == 6
    sample = held["sample1-2"]
    assert {name: part.kind for name, part in sample.parts.items()} == {
        "CAM_FRONT": "image",
        "CAM_BACK": "image",
        "LIDAR_TOP": "points",
        "RADAR_FRONT": "points",
        "calibration": "table",
        "ego_pose": "table",
        "boxes": "table",
    }
    assert sample.group == "log1"
    wanted = {"scene": "scene-0001", "location": "boston-seaport", "date": "2018-07-24"}
    assert {name: sample.facts[name] for name in wanted} == wanted
    assert "missing" not in sample.facts
    for channel, late in LATE.items():
        part = sample.parts[channel]
        at = (START + 2 * 500_000 + late) / 1e6
        assert part.clock == "unix"
        assert part.span == pytest.approx((at, at), abs=1e-6)
    assert np.array_equal(decode_points(sample.parts["LIDAR_TOP"]), CLOUD)
    assert decode_points(sample.parts["RADAR_FRONT"])[1].tolist() == [6, 7, 8, 9, 10]
    assert sample.facts["RADAR_FRONT_columns"] == "x,y,z,dyn_prop,rcs"


def test_calibration_pose_and_boxes_are_kept_as_given(tmp_path: Path) -> None:
    sample = samples_of(ingest(NuscenesReader(str(drive(tmp_path / "data"))), tmp_path / "cache"))["sample0-0"]
    calibration = decode_table(sample.parts["calibration"])
    assert set(calibration) == set(CHANNELS)
    assert calibration["CAM_FRONT"]["camera_intrinsic"][0] == [1266.4, 0.0, 816.2]
    assert calibration["LIDAR_TOP"] == {"translation": [1.7, 0.01, 1.5], "rotation": [0.5, -0.5, 0.5, -0.5]}
    pose = decode_table(sample.parts["ego_pose"])["CAM_FRONT"]
    assert (pose["timestamp"], pose["translation"]) == (START - 35_000, [411.3, 1180.9, 0.0])
    (box,) = decode_table(sample.parts["boxes"])
    assert (box["category"], box["attributes"], box["visibility"]) == ("vehicle.car", ["vehicle.moving"], "v80-100")
    assert (box["size"], box["instance"], box["num_lidar_pts"]) == ([0.6, 0.7, 1.6], "i0-0", 5)


def test_a_missing_modality_is_visible_and_a_damaged_one_is_a_drop(tmp_path: Path) -> None:
    root = drive(tmp_path / "data")
    (root / "samples/LIDAR_TOP/0-1.pcd.bin").unlink()
    (root / "samples/CAM_BACK/0-2.png").write_bytes(b"no picture")
    for channel, suffix in (
        ("CAM_FRONT", "png"),
        ("CAM_BACK", "png"),
        ("LIDAR_TOP", "pcd.bin"),
        ("RADAR_FRONT", "pcd"),
    ):
        (root / f"samples/{channel}/1-0.{suffix}").unlink()

    def no_radar(rows: list[dict[str, str]]) -> None:
        rows[:] = [row for row in rows if row["filename"] != "samples/RADAR_FRONT/1-1.pcd"]

    change(root, "sample_data", no_radar)
    reader = NuscenesReader(str(root))
    found = ingest(reader, tmp_path / "cache")
    held = samples_of(found)
    assert "LIDAR_TOP" not in held["sample0-1"].parts
    assert held["sample0-1"].facts["missing"] == "LIDAR_TOP"
    assert "LIDAR_TOP" in decode_table(held["sample0-1"].parts["calibration"])
    assert held["sample1-1"].facts["missing"] == "RADAR_FRONT"
    reasons = {drop.sample: str(drop.reason) for drop in found.drops}
    assert set(reasons) == {"sample0-2", "sample1-0"}
    assert "not an image" in reasons["sample0-2"]
    assert "None of the sensor files" in reasons["sample1-0"]
    assert len(held) + len(reasons) == 6
    said = " ".join(str(note) for note in reader.notes())
    assert "24 recordings between" in said
    assert "5 sensor files are not there" in said


@pytest.mark.parametrize(
    ("table", "key", "value", "said"),
    [
        ("sample_data", "filename", "../../outside.png", "outside the folder"),
        ("sample_data", "filename", "/etc/passwd", "outside the folder"),
        ("sample_data", "calibrated_sensor_token", "nothing", "calibrated_sensor has no row nothing"),
        ("sample_data", "ego_pose_token", None, "ego_pose has no row"),
        ("sample_data", "timestamp", "soon", "timestamp"),
        ("sample", "scene_token", "nothing", "scene has no row nothing"),
    ],
)
def test_one_broken_row_costs_one_key_frame(table: str, key: str, value: object, said: str, tmp_path: Path) -> None:
    root = drive(tmp_path / "data")
    (tmp_path / "outside.png").write_bytes(b"x")
    change(root, table, lambda rows: rows[0].update({key: value}))
    if value == "../../outside.png":
        change(root, table, lambda rows: rows[0].update({key: "../outside.png"}))
    records = {record.id: record for record in NuscenesReader(str(root)).records()}
    problems = {name: str(record.problem) for name, record in records.items() if record.problem}
    assert len(records) == 6
    assert set(problems) == {"sample0-0"}
    assert said in problems["sample0-0"]


def test_tables_that_cannot_be_read_are_one_clear_error(tmp_path: Path) -> None:
    for name, text, said in (
        ("log", "{", "list of objects"),
        ("sample", '{"a": 1}', "list of objects"),
        ("sensor", "[1, 2]", "not a JSON object"),
        ("ego_pose", "[" * 100_000, "cut off"),
        ("sample_data", '[{"timestamp": NaN}]', "cut off or damaged"),
    ):
        root = drive(tmp_path / name)
        (root / "v1.0-test" / f"{name}.json").write_text(text)
        with pytest.raises(DataError, match=said):
            list(NuscenesReader(str(root)).records())
    root = drive(tmp_path / "no log")
    (root / "v1.0-test" / "log.json").unlink()
    with pytest.raises(DataError, match="table log is not there"):
        list(NuscenesReader(str(root)).records())
    with pytest.raises(DataError, match=r"v1\.0-test"):
        list(NuscenesReader(str(root), version="v1.0-mini").records())


def test_the_layout_is_recognised_by_its_tables(tmp_path: Path) -> None:
    layout = layout_of(drive(tmp_path / "data"))
    assert (layout.door, layout.reader) == ("nuscenes", NuscenesReader(str(tmp_path / "data"), version="v1.0-test"))
    assert NuscenesReader.recognise(tmp_path / "nowhere") is None
