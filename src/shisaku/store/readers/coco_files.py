"""The JSON files of a COCO dataset, the splits they stand for, and where their images are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.folder import SPLITS
from shisaku.store.readers.inside import inside
from shisaku.store.readers.json_file import glance, has_keys

ANNOTATIONS = "annotations"


@dataclass(frozen=True, slots=True)
class CocoFile:
    """One JSON file; `root` is the folder that its images may not leave, `split` the one its name or folder says."""

    path: Path
    root: Path
    split: str

    @property
    def homes(self) -> tuple[str, ...]:
        """Folders below `root` that ``file_name`` may count from, the likeliest first."""
        beside = self.path.parent.relative_to(self.root).as_posix()
        token = self.path.stem.rpartition("_")[2]
        names = [name for name in dict.fromkeys((token, self.split)) if name]
        inner = [place for name in names for place in (name, f"images/{name}", f"{name}/images")]
        return tuple(dict.fromkeys((*inner, beside, f"{beside}/images", ".", "images")))

    def image(self, given: str, home: str = "") -> tuple[Path | Message, str]:
        """Return the image that ``file_name`` means, or why there is none, and the folder it counts from.

        `home` is where the one before was found.
        """
        for place in dict.fromkeys((home or self.homes[0], *self.homes)):
            found = inside(self.root, f"{place}/{given}") if not given.startswith("/") else inside(self.root, given)
            if isinstance(found, Path):
                return found, place
        return inside(self.root, given), home


def coco_files(path: Path) -> tuple[CocoFile, ...]:
    """Return the COCO files at `path`: a JSON file, a folder with ``annotations/``, or one with JSON among images.

    Raises DataError if there are none.
    """
    if path.is_file():
        root = path.parent.parent if path.parent.name == ANNOTATIONS else path.parent
        return (CocoFile(path, root, _split(path, root)),)
    root = path.parent if path.name == ANNOTATIONS else path
    for pattern in (f"{ANNOTATIONS}/*.json", "*.json", "*/*.json", f"*/{ANNOTATIONS}/*.json"):
        found = [one for one in sorted(root.glob(pattern)) if looks_like_coco(one) and _is_inside(root, one)]
        if found:
            return tuple(CocoFile(one, root, _split(one, root)) for one in found)
    raise DataError(
        say("There is no COCO file here"),
        str(path),
        next=say("Give a JSON file with images and annotations, or a folder that has some in annotations/"),
    )


def looks_like_coco(path: Path) -> bool:
    """Say whether the beginning and the end of a file are those of a COCO file."""
    if path.suffix.lower() != ".json":
        return False
    seen = glance(path)
    images, categories = re.search(r'"images"\s*:\s*\[', seen), re.search(r'"categories"\s*:\s*\[', seen)
    annotations = re.search(r'"annotations"\s*:\s*\[', seen) or has_keys(seen, "image_id")
    return seen.startswith("{") and sum(map(bool, (images, annotations, categories))) >= 2


def _split(path: Path, root: Path) -> str:
    token = re.sub(r"\d+$", "", path.stem.rpartition("_")[2]).lower()
    folders = [name for name in path.parent.relative_to(root).parts if name.lower() in SPLITS]
    return token if token in SPLITS else folders[-1] if folders else ""


def _is_inside(root: Path, path: Path) -> bool:
    return isinstance(inside(root, path.relative_to(root).as_posix()), Path)
