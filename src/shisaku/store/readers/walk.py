"""What lies in a folder: media by kind, links that lead out, and what is passed over."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.inside import inside, plain_name

# Formats that cannot be decoded are listed too, so that they get a reason and are not passed over in silence.
SUFFIXES = {
    "image": ".png .jpg .jpeg .jpe .jfif .gif .bmp .tif .tiff .webp .ppm .pgm .pbm .pnm .avif .svg .svgz .heic .heif",
    "audio": ".wav .wave .flac .ogg .oga .opus .mp3 .aif .aiff .au .m4a .aac .wma",
    "text": ".txt .text .md",
    "video": ".mp4 .mov .avi .mkv .webm .mpg .mpeg .wmv",
    "table": ".csv .tsv .jsonl .json .parquet",
}
KIND_OF = {suffix: kind for kind, suffixes in SUFFIXES.items() for suffix in suffixes.split()}
JUNK = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
METADATA = ("metadata.csv", "metadata.tsv", "metadata.jsonl", "metadata.parquet")


@dataclass(frozen=True, slots=True)
class Found:
    """One file: its path, its name below the folder (POSIX form, printable), its kind, or why it is refused."""

    path: Path
    name: str
    kind: str
    problem: Message | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        """The sub-folders it lies in, outermost first."""
        return tuple(self.name.split("/")[:-1])


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything in a folder, sorted by name. `hidden` counts files that only the system made."""

    root: Path
    files: tuple[Found, ...]
    hidden: int

    def of(self, *kinds: str) -> list[Found]:
        """Return the files of these kinds."""
        return [found for found in self.files if found.kind in kinds]

    def tables(self) -> list[Found]:
        """Return the metadata tables (``metadata.csv``, ``.tsv``, ``.jsonl``, ``.parquet``) at any depth."""
        named = [found for found in self.of("table") if found.name.split("/")[-1].lower() in METADATA]
        return [found for found in named if not found.problem]

    def passed_over(self, kinds: tuple[str, ...]) -> Counter[str]:
        """Return suffix -> how many files of other kinds, metadata tables aside."""
        tables = {found.name for found in self.tables()}
        others = [found for found in self.files if found.kind not in kinds and found.name not in tables]
        return Counter(Path(found.name).suffix.lower() or found.name.split("/")[-1] for found in others)


def kind_of(name: str) -> str:
    """Return the kind a file name's suffix stands for, or ``other``."""
    return KIND_OF.get(os.path.splitext(name)[1].lower(), "other")


def survey(root: Path) -> Survey:
    """Look through `root`. Links to files are followed inside it, links to folders never. Raises DataError."""
    if not root.is_dir():
        raise DataError(
            say("There is no folder here"),
            str(root),
            next=say("Give the folder that holds the images, sounds or texts"),
        )
    files: list[Found] = []
    hidden = 0
    folders = [(root, "")]
    while folders:
        folder, below = folders.pop()
        for entry in _entries(folder):
            name, is_link, is_folder = entry.name, entry.is_symlink(), _is_folder(entry)
            if _is_junk(name):
                hidden += not is_folder
            elif not is_folder:
                files.append(_found(root, folder / name, below + name, is_link))
            elif is_link:
                files.append(_linked_folder(folder / name, below + name))
            else:
                folders.append((folder / name, f"{below}{name}/"))
    return Survey(root, tuple(sorted(files, key=lambda found: found.name)), hidden)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(
            say("A folder cannot be read: {cause}", cause=error.strerror or str(error)),
            str(error.filename),
            next=say("Give yourself the right to read it, or move it away"),
        ) from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that runs in a circle
        return False


def _is_junk(name: str) -> bool:
    return name.startswith(".") or name.lower() in JUNK


def _found(root: Path, path: Path, relative: str, is_link: bool) -> Found:
    name = plain_name(relative)
    # Only a link can lead out of the folder here, and only a link costs the look.
    checked = inside(root, relative) if is_link else path
    problem = checked if isinstance(checked, Message) else None
    return Found(path, name, kind_of(name), problem)


def _linked_folder(path: Path, relative: str) -> Found:
    problem = say("A link to a folder is not followed; copy the folder itself")
    return Found(path, plain_name(relative), "link", problem)
