"""One writer at a time in a dataset home, which first clears away what a killed one left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shisaku.errors import MachineError
from shisaku.message import Message, say
from shisaku.store.atomic import MARK, disk_errors, write_bytes
from shisaku.store.home.place import ABOUT, BLOBS, FORMAT, LOCK, TABLES, VERSIONS, Home, is_home
from shisaku.store.lock import FolderLock
from shisaku.store.manifest import manifest_bytes

JOURNAL = "forget.json"


@contextmanager
def writing(path: Path | str, *, resuming: bool = False) -> Iterator[Home]:
    """Give the home at `path`, made if nothing is there, to this process alone until the block ends.

    Raises MachineError while another process writes to it, if the folder holds something else, and, unless
    `resuming`, while a forgetting was begun and not ended.
    """
    place = Path(path).expanduser()
    with disk_errors(place):
        place.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(place / LOCK, _busy)
    lock.take()
    try:
        home = _made(place)
        if (place / JOURNAL).exists() and not resuming:
            raise MachineError(
                say("A record of this dataset was being forgotten, and that is not finished"),
                str(place),
                next=say("Run the same shisaku data forget again; it goes on where it was"),
            )
        _clear(home)
        yield home
    finally:
        lock.release()


def _busy(pid: int, host: str) -> Message:
    return say("Process {pid} on {host} is writing to this dataset", pid=pid, host=host)


def _made(place: Path) -> Home:
    if not is_home(place):
        with disk_errors(place):
            others = [name for name in os.listdir(place) if name != LOCK and MARK not in name]
        if others:
            raise MachineError(
                say("This folder is not empty and holds no dataset"),
                str(place),
                next=say("Give a new folder for the dataset"),
            )
        write_bytes(place / ABOUT, manifest_bytes({"format": FORMAT}))
    return Home.open(place)


def _clear(home: Home) -> None:
    """Remove what belongs to no version: nobody else writes here now, so nobody is still at it."""
    versions = home.versions()
    files = {home.version_file(one.number).name for one in versions} | {one.drops for one in versions}
    kept = {TABLES: {one.table for one in versions}, VERSIONS: files}
    for folder, names in kept.items():
        _remove_others(home.path / folder, names)
    for place in (home.path, home.path / BLOBS):
        for left in place.glob(f".*{MARK}*"):
            with suppress(OSError):
                left.unlink()


def _remove_others(folder: Path, names: set[str]) -> None:
    for there in folder.iterdir() if folder.is_dir() else ():
        if there.name in names:
            continue
        if there.is_dir() and not there.is_symlink():
            shutil.rmtree(there, ignore_errors=True)
        else:
            with suppress(OSError):
                there.unlink()
