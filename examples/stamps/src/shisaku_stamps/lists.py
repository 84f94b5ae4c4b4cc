"""What the lists beside this file say: which stamp has which class, and which pictures are used for what.

``data/classes.yaml`` maps folders of stamps to classes. ``data/photos.csv`` and ``data/cartoons.csv``
give each picture its class; ``data/backgrounds.csv`` its kind and the scene it shows. `listed_as` is
the path under which the picture stands in the README beside it, where that README misspells it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class ClassMap:
    """Which class a stamp belongs to, by its path without suffix; the first line that fits decides."""

    skip_folders: tuple[str, ...]
    skip_names: tuple[str, ...]
    left_out: tuple[str, ...]
    classes: Mapping[str, tuple[str, ...]]

    def label(self, stamp: str) -> str | None:
        """Return the class of ``animals/birds/owl``, or None if it takes no part."""
        folder, _, name = stamp.rpartition("/")
        if any(word in folder for word in self.skip_folders) or _fits(name, self.skip_names):
            return None
        if _fits(stamp, self.left_out):
            return None
        return next((label for label, lines in self.classes.items() if _fits(stamp, lines)), None)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of GCompris: its path below ``src/activities``, and what the lists say about it."""

    file: str
    label: str = ""
    kind: str = ""
    scene: str = ""
    listed_as: str = ""

    @property
    def container(self) -> str:
        """The name of the container file that holds it."""
        return self.file.split("/", 1)[0] + ".rcc"


def class_map() -> ClassMap:
    """Read ``classes.yaml``."""
    import yaml

    raw: dict[str, Any] = yaml.safe_load(_text("classes.yaml"))
    return ClassMap(
        tuple(raw["skip_folders"]),
        tuple(raw["skip_names"]),
        tuple(raw["left_out"]),
        {label: tuple(lines) for label, lines in raw["classes"].items()},
    )


def photos() -> list[Picture]:
    """Return the real photos that show something of a class."""
    return _pictures("photos.csv")


def cartoons() -> list[Picture]:
    """Return the drawings of words that show something of a class."""
    return _pictures("cartoons.csv")


def backgrounds() -> list[Picture]:
    """Return the photos of monuments and power plants that stamps are put on."""
    return _pictures("backgrounds.csv")


def _pictures(name: str) -> list[Picture]:
    rows = csv.DictReader(_text(name).splitlines())
    return [
        Picture(row["file"], row.get("class", ""), row.get("kind", ""), row.get("scene", ""), row["listed_as"])
        for row in rows
    ]


def _text(name: str) -> str:
    return (files("shisaku_stamps") / "data" / name).read_text(encoding="utf-8")


def _fits(name: str, lines: Sequence[str]) -> bool:
    return any(name.startswith(line) if line.endswith("/") else fnmatchcase(name, line) for line in lines)
