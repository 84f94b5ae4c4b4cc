"""What tells one folder's model from another's: the hashes of its files, which are read once and then remembered."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from shisaku.core.identity import fingerprint
from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.store.atomic import replace_bytes
from shisaku.store.places import cache_dir

PIECE: Final = 1 << 22
KEPT: Final = "folders"


def folder_mark(path: Path) -> str:
    """Return the fingerprint of the names and contents of all files in a folder (without hidden ones), or of one file.

    A file of the same size and time of change is taken for the same; others are hashed, at the speed of the disk.
    Raises WeightsError where a file cannot be read.
    """
    try:
        known = _known(path)
        seen = {str(file.relative_to(path)): _seen(file) for file in _files(path)}
        hashes: dict[str, list[Any]] = {}
        for name, (size, changed) in seen.items():
            before = known.get(name)
            held = before if before is not None and before[:2] == [size, changed] else None
            hashes[name] = held or [size, changed, _hash(path / name)]
    except OSError as error:
        raise WeightsError(
            say("A file of the model cannot be read: {cause}", cause=str(error.strerror)), where=str(path)
        ) from error
    if hashes != known:
        _keep(path, hashes)
    return fingerprint({name: row[2] for name, row in hashes.items()})


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
    for place, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def _seen(file: Path) -> tuple[int, int]:
    about = file.stat()
    return about.st_size, about.st_mtime_ns


def _hash(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _note(path: Path) -> Path:
    return cache_dir() / KEPT / f"{fingerprint(str(path))}.json"


def _known(path: Path) -> dict[str, list[Any]]:
    try:
        read = json.loads(_note(path).read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _keep(path: Path, hashes: dict[str, list[Any]]) -> None:
    try:
        replace_bytes(_note(path), json.dumps(hashes).encode())
    except OSError:
        return  # a cache that cannot be written costs the time of the hashes and nothing else
