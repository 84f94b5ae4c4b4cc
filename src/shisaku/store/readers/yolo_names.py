"""What a YOLO dataset says about itself: the names of its classes, its splits, the form of its key points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.encodings import read_text
from shisaku.store.readers.folder import SPLITS
from shisaku.store.readers.inside import inside, plain_name

YAMLS = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")
LISTS = ("classes.txt", "obj.names", "labels/classes.txt", "data/obj.names", "train/labels/classes.txt")
SPLIT_KEYS = ("train", "val", "test")
YAML_MB = 4


@dataclass(frozen=True, slots=True)
class YoloNames:
    """`classes` maps a number to its name; `folders` a folder to the split it is; `keypoints` is (points, numbers)."""

    classes: Mapping[int, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    keypoints: tuple[int, int] | None = None

    def split_of(self, name: str) -> str:
        """Return the split of an image: what the YAML says of its folder, or a folder that is called like one."""
        folders = name.split("/")[:-1]
        for depth in range(len(folders), 0, -1):
            said = self.folders.get("/".join(folders[:depth]))
            if said:
                return said
        return next((folder for folder in reversed(folders) if folder.lower() in SPLITS), "")


def yolo_file(path: Path) -> Path | None:
    """Return the file that names the classes: `path` itself, a YAML in it, or a list of names; None without one."""
    if path.is_file():
        return path if path.suffix.lower() in (".yaml", ".yml") else None
    places = [path / name for name in (*YAMLS, *LISTS)]
    found = next((place for place in places if place.is_file()), None)
    return found if found is None or isinstance(inside(path, found.relative_to(path).as_posix()), Path) else None


def yolo_names(root: Path, file: Path | None) -> YoloNames:
    """Read that file. Raises DataError if it cannot be understood."""
    if file is None:
        return YoloNames()
    text, _ = read_text(file, YAML_MB)
    if file.suffix.lower() not in (".yaml", ".yml"):
        return YoloNames({number: line.strip() for number, line in enumerate(text.splitlines()) if line.strip()})
    held = _yaml(text, file)
    return YoloNames(_classes(held.get("names"), file), _folders(root, held), _keypoints(held.get("kpt_shape")))


def _yaml(text: str, file: Path) -> Mapping[str, Any]:
    # An alias of an alias of a list is a bomb, and no such file needs any.
    if any(isinstance(token, yaml.AliasToken) for token in _scan(text)):
        raise DataError(say("The YAML has references, which are not read"), str(file))
    try:
        held = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DataError(say("This is not YAML: {cause}", cause=str(error).splitlines()[0][:120]), str(file)) from None
    if not isinstance(held, dict):
        raise DataError(say("The YAML says nothing about a YOLO dataset"), str(file))
    return held


def _scan(text: str) -> list[yaml.Token]:
    try:
        return list(yaml.scan(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        return []  # said when it is loaded


def _classes(names: Any, file: Path) -> dict[int, str]:
    if isinstance(names, list):
        return {number: str(name) for number, name in enumerate(names)}
    if isinstance(names, dict) and all(str(number).isdecimal() for number in names):
        return {int(number): str(name) for number, name in names.items()}
    raise DataError(
        say("The YAML has no list of class names"), str(file), next=say("Write them as names: {{0: first, 1: second}}")
    )


def _folders(root: Path, held: Mapping[str, Any]) -> dict[str, str]:
    base = PurePosixPath(str(held.get("path") or "."))
    found: dict[str, str] = {}
    for key in SPLIT_KEYS:
        given = held.get(key, held.get("valid") if key == "val" else None)
        for place in given if isinstance(given, list) else [given]:
            if isinstance(place, str):
                found.update(dict.fromkeys(_below(root, base, place), key))
    return found


def _below(root: Path, base: PurePosixPath, place: str) -> list[str]:
    """Return the folder below `root` that a split names; exports write ``../train`` and folders of another machine."""
    plain = PurePosixPath(place.replace("\\", "/"))
    inner = PurePosixPath(*(part for part in plain.parts if part not in ("..", ".", "/")))
    tries = [base / inner, inner] if not base.is_absolute() and ".." not in base.parts else [inner]
    return [plain_name(one.as_posix()) for one in tries if one.parts and (root / one).is_dir()][:1]


def _keypoints(shape: Any) -> tuple[int, int] | None:
    good = isinstance(shape, list) and len(shape) == 2 and all(type(n) is int and 0 < n < 1000 for n in shape)
    return (shape[0], shape[1]) if good else None
