"""Files that are whole or absent: hashes checked before use, writes that appear at once or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from shisaku.errors import MachineError, WeightsError
from shisaku.message import say

_CHUNK = 1 << 20
_verified: dict[tuple[str, int, int, int], str] = {}
_verified_lock = threading.Lock()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex digits. Raises OSError if it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def known_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read once per process as long as size, time and inode stay the same."""
    stat = path.stat()
    key = (str(path), stat.st_size, stat.st_mtime_ns, stat.st_ino)
    with _verified_lock:
        if key in _verified:
            return _verified[key]
    digest = sha256_of(path)
    with _verified_lock:
        _verified[key] = digest
    return digest


def check_file(path: Path, accepted: Collection[str], model: str) -> Path:
    """Return `path` if its SHA-256 is one of `accepted`. Raises WeightsError if it is absent or differs."""
    try:
        digest = known_sha256(path)
    except OSError as error:
        raise WeightsError(
            say("A file of {model} is missing or cannot be read: {cause}", model=model, cause=str(error)),
            where=str(path),
            next=say("Run `shisaku models pull {model}`", model=model),
        ) from error
    if digest not in accepted:
        raise WeightsError(
            say(
                "A file of {model} is not the pinned one: SHA-256 {found:.16}..., expected {expected:.16}...",
                model=model,
                found=digest,
                expected=sorted(accepted)[0],
            ),
            where=str(path),
            next=say("Delete it and run `shisaku models pull {model}`", model=model),
        )
    return path


@contextmanager
def disk_errors(where: Path) -> Iterator[None]:
    """Turn an OSError of reading or writing below `where` into a MachineError that says what to do next."""
    try:
        yield
    except OSError as error:
        raise _disk_error(error, where) from error


def _disk_error(error: OSError, where: Path) -> MachineError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        what = say("The disk is full")
        advice = say("Free some space, or set {variable} to a folder on another disk", variable="SHISAKU_CACHE")
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        what = say("The cache folder cannot be written: {cause}", cause=os.strerror(error.errno))
        advice = say("Set {variable} to a folder you may write to", variable="SHISAKU_CACHE")
    else:
        what = say("The disk does not do it: {cause}", cause=str(error))
        advice = say("Check the folder, or set {variable} to another one", variable="SHISAKU_CACHE")
    return MachineError(what, where=str(where), next=advice)


def require_room(folder: Path, needed: int) -> None:
    """Raise MachineError if the disk of `folder` (which may not exist yet) has fewer than `needed` bytes left.

    A friendlier end than a full disk half-way; writes are guarded as well.
    """
    place = folder
    while not place.exists():
        place = place.parent
    with disk_errors(folder):
        free = shutil.disk_usage(place).free
    if free < needed:
        raise MachineError(
            say("The disk has {free:.0f} MB left and {needed:.0f} MB are needed", free=free / 1e6, needed=needed / 1e6),
            where=str(folder),
            next=say("Free some space, or set {variable} to a folder on another disk", variable="SHISAKU_CACHE"),
        )


def land(target: Path, write: Callable[[BinaryIO], object], executable: bool = False) -> Path:
    """Write a file that appears complete or not at all (temporary file, fsync, rename); `write` fills the stream.

    Raises MachineError if the disk is full or the folder cannot be written; nothing is left behind then.
    """
    with disk_errors(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                write(stream)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(name, 0o755 if executable else 0o644)
            os.replace(name, target)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
        _fsync_folder(target.parent)
    return target


def _fsync_folder(folder: Path) -> None:
    # a rename is durable only once the folder itself is on disk
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold `folder` against other processes that ask the same way; waits. Raises MachineError if it is not writable."""
    import fcntl

    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / ".lock").open("w")
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
