"""Reads a driving log in the table layout of nuScenes: cameras, LiDAR, calibration, ego pose and boxes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN, Kind
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.driving_tables import KeyFrame, Table, Tables, read_tables, versions
from shisaku.store.readers.inside import inside, plain_name
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout

KINDS: Mapping[str, Kind] = {"camera": "image", "lidar": "points", "radar": "points"}
CLOCK = "unix"
MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class NuscenesReader:
    """A driving log in the nuScenes table layout (``v1.0-*/scene.json`` and so on), one sample a key frame.

    Parts are called as their channels (``CAM_FRONT`` an image, ``LIDAR_TOP`` and ``RADAR_FRONT`` points); each has
    its own time on the clock ``unix``. ``calibration`` and ``ego_pose`` are tables by channel (translation in m,
    rotation as a quaternion w, x, y, z), ``boxes`` the table of annotations in the world's frame. The log (a drive)
    is the group; facts are ``scene``, ``description``, ``location``, ``date`` and ``vehicle``. A key frame whose
    sensor file is not there comes in without it, and the fact ``missing`` names the channel; a damaged file drops
    the key frame. Recordings between the key frames (``sweeps``) and maps are not read.

    Example::

        data: {reader: nuscenes, with: {path: drives, version: v1.0-mini}}
    """

    path: str
    version: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Take a folder for this if a folder ``v1.0-*`` in it holds the tables of scenes, samples and sample data."""
        found = versions(path)
        if not found:
            return None
        why = say("{version} holds the tables of nuScenes (scene, sample, sample_data)", version=found[0])
        others = say("There are several versions ({names}); the first is read", names=", ".join(found))
        return Layout(
            "nuScenes tables",
            (why,),
            cls(str(path), version=found[0]),
            (others,) if len(found) > 1 else (),
            strength=CERTAIN,
        )

    def records(self) -> Iterator[Record]:
        """Give one record per key frame. Raises DataError for tables that are not there or cannot be read."""
        tables, root = self._tables()
        for frame in tables.key_frames():
            try:
                yield self._record(tables, root, frame)
            except DataError as error:
                yield Record(plain_name(frame.token), problem=error.what)

    def notes(self) -> tuple[Message, ...]:
        """Say what lies between the key frames, and what is missing."""
        tables, root = self._tables()
        said = []
        if tables.between:
            said.append(say("{n} recordings between the key frames (sweeps) are not read", n=tables.between))
        lost = sum(1 for frame in tables.key_frames() for row in frame.rows if not _is_there(root, row))
        if lost:
            said.append(say("{n} sensor files are not there; the fact missing says where", n=lost))
        return tuple(said)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("nuscenes", asdict(self))

    def _tables(self) -> tuple[Tables, Path]:
        root = Path(self.path).expanduser()
        found = versions(root)
        version = self.version or (found[0] if len(found) == 1 else "")
        if version not in found:
            raise DataError(
                say("The version of the tables is not clear; there are: {names}", names=", ".join(found) or "-"),
                str(root),
                next=say("Set version to the name of a folder that holds scene.json, sample.json and sample_data.json"),
            )
        return read_tables(root / version), root

    def _record(self, tables: Tables, root: Path, frame: KeyFrame) -> Record:
        scene = tables.row("scene", frame.scene)
        log = tables.row("log", str(scene.get("log_token")))
        token, parts = plain_name(frame.token), dict[str, RawPart]()
        calibration: dict[str, Any] = {}
        poses: dict[str, Any] = {}
        missing = set(tables.channels_of(frame.scene))
        for row in frame.rows:
            mounted = tables.row("calibrated_sensor", str(row.get("calibrated_sensor_token")))
            channel, kind = tables.sensor(mounted)
            at = _seconds(row)
            calibration[channel] = _kept(mounted, "translation", "rotation", "camera_intrinsic")
            pose = tables.row("ego_pose", str(row.get("ego_pose_token")))
            poses[channel] = _kept(pose, "translation", "rotation", "timestamp")
            if not _is_there(root, row):
                continue
            file = inside(root, str(row["filename"]))
            if isinstance(file, Message):
                return Record(token, problem=file)
            parts[channel] = RawPart(KINDS[kind], file, span=(at, at), clock=CLOCK)
            missing.discard(channel)
        if not parts:
            return Record(token, problem=say("None of the sensor files of this key frame is there"))
        for name, held in (("calibration", calibration), ("ego_pose", poses), ("boxes", tables.boxes(frame.token))):
            parts[name] = RawPart("table", json.dumps(held, ensure_ascii=False))
        return Record(
            token,
            parts,
            group=plain_name(str(scene.get("log_token"))),
            licence=self.licence,
            consent=self.consent,
            facts=_facts(scene, log, missing),
        )


def _facts(scene: Table, log: Table, missing: set[str]) -> dict[str, str]:
    facts = {
        "scene": scene.get("name"),
        "description": scene.get("description"),
        "location": log.get("location"),
        "date": log.get("date_captured"),
        "vehicle": log.get("vehicle"),
        "missing": ", ".join(sorted(missing)),
    }
    return {name: plain_name(str(value)) for name, value in facts.items() if value}


def _is_there(root: Path, row: Table) -> bool:
    try:
        return os.path.lexists(root / str(row.get("filename") or "\0"))
    except ValueError:
        return False


def _seconds(row: Table) -> float:
    try:
        return int(row["timestamp"]) / MICROSECONDS
    except (KeyError, TypeError, ValueError):
        raise DataError(
            say("The table {table} has a row without {column}", table="sample_data", column="timestamp")
        ) from None


def _kept(row: Table, *columns: str) -> dict[str, Any]:
    return {column: row[column] for column in columns if row.get(column) not in (None, [])}
