"""The tables of a driving log in the nuScenes layout (schema v1.0), joined by their tokens.

https://www.nuscenes.org/nuscenes#data-format; the tables are plain JSON lists of objects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.readers.json_stream import json_items

Table = Mapping[str, Any]
NEEDED = ("scene", "sample", "sample_data", "calibrated_sensor", "ego_pose", "sensor", "log")
OPTIONAL = ("sample_annotation", "instance", "category", "attribute", "visibility")
MODALITIES = ("camera", "lidar", "radar")


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """One sample of the log: its token, its scene, and the rows of ``sample_data`` recorded for it."""

    token: str
    scene: str
    rows: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables, by token. `between` counts recordings that belong to no key frame."""

    held: Mapping[str, Mapping[str, Table]]
    recorded: Mapping[str, tuple[Table, ...]]
    annotated: Mapping[str, tuple[Table, ...]]
    between: int
    channels: dict[str, set[str]] = field(default_factory=dict)

    def key_frames(self) -> Iterator[KeyFrame]:
        """Give the key frames in the order of the table."""
        for token, sample in self.held["sample"].items():
            yield KeyFrame(token, str(sample.get("scene_token")), self.recorded.get(token, ()))

    def row(self, table: str, token: str) -> Table:
        """Return a row. Raises DataError where the table has no such token."""
        try:
            return self.held[table][token]
        except KeyError:
            raise DataError(say("The table {table} has no row {token}", table=table, token=token[:60])) from None

    def sensor(self, mounted: Table) -> tuple[str, str]:
        """Return channel and modality of a row of ``calibrated_sensor``. Raises DataError."""
        sensor = self.row("sensor", str(mounted.get("sensor_token")))
        channel, modality = str(sensor.get("channel") or ""), str(sensor.get("modality") or "")
        if not channel or modality not in MODALITIES:
            raise DataError(say("A sensor of the modality {modality} is not read", modality=modality[:60] or "-"))
        return channel, modality

    def channels_of(self, scene: str) -> set[str]:
        """Return the channels that recorded anything in a scene; one that is absent from a key frame is missing."""
        if not self.channels:
            for frame in self.key_frames():
                names = self.channels.setdefault(frame.scene, set())
                names.update(name for row in frame.rows if (name := self._channel(row)))
        return self.channels.get(scene, set())

    def boxes(self, sample: str) -> list[dict[str, Any]]:
        """Return the annotations of a key frame with the names of category, attributes and visibility.

        `size` is width, length, height in m; `translation` and `rotation` are those of the world's frame.
        """
        return [self._box(row) for row in self.annotated.get(sample, ())]

    def _box(self, row: Table) -> dict[str, Any]:
        instance = self.held["instance"].get(str(row.get("instance_token")), {})
        keys = ("token", "translation", "size", "rotation", "num_lidar_pts", "num_radar_pts")
        return {
            **{key: row[key] for key in keys if key in row},
            "instance": row.get("instance_token"),
            "category": self._name("category", instance.get("category_token")),
            "attributes": [self._name("attribute", token) for token in row.get("attribute_tokens") or ()],
            "visibility": self._name("visibility", row.get("visibility_token"), "level"),
        }

    def _name(self, table: str, token: Any, column: str = "name") -> Any:
        return self.held[table].get(str(token), {}).get(column)

    def _channel(self, row: Table) -> str:
        mounted = self.held["calibrated_sensor"].get(str(row.get("calibrated_sensor_token")), {})
        return str(self.held["sensor"].get(str(mounted.get("sensor_token")), {}).get("channel") or "")


def versions(root: Path) -> list[str]:
    """Return the folders ``v1.0-*`` below `root` that hold the tables of scenes, samples and sample data."""
    if not root.is_dir():
        return []
    wanted = ("scene.json", "sample.json", "sample_data.json")
    folders = sorted(place for place in root.glob("v1.0-*") if place.is_dir())
    return [place.name for place in folders if all((place / name).is_file() for name in wanted)]


def read_tables(folder: Path) -> Tables:
    """Read all tables; of the recordings only those of key frames are held. Raises DataError."""
    held = {name: _by_token(folder, name) for name in NEEDED if name != "sample_data"}
    annotations: Mapping[str, Table] = {}
    for name in OPTIONAL:
        rows = _by_token(folder, name) if (folder / f"{name}.json").exists() else {}
        if name == "sample_annotation":
            annotations = rows
        else:
            held[name] = rows
    recorded, between = defaultdict(list), 0
    for row in _rows(folder, "sample_data"):
        if row.get("is_key_frame"):
            recorded[str(row.get("sample_token"))].append(row)
        else:
            between += 1
    annotated = defaultdict(list)
    for row in annotations.values():
        annotated[str(row.get("sample_token"))].append(row)
    return Tables(held, _tuples(recorded), _tuples(annotated), between)


def _tuples(held: Mapping[str, list[Table]]) -> dict[str, tuple[Table, ...]]:
    return {token: tuple(rows) for token, rows in held.items()}


def _by_token(folder: Path, name: str) -> dict[str, Table]:
    return {str(row.get("token")): row for row in _rows(folder, name)}


def _rows(folder: Path, name: str) -> Iterator[Table]:
    """Give the rows of a table; a broken one is an error, for what is joined with it would be wrong."""
    path = folder / f"{name}.json"
    try:
        with path.open("rb") as file:
            start = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    except OSError:
        raise DataError(say("The table {table} is not there", table=name), str(path)) from None
    if not start.startswith(b"["):
        raise DataError(say("The JSON file must hold a list of objects"), str(path))
    for item in json_items(path):
        if item.problem:
            raise DataError(item.problem, str(path))
        yield item.held
