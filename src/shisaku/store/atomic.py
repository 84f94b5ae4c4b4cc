"""Writing that is whole or absent: a temporary name, fsync, rename; and disk errors said in plain words."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shisaku.errors import MachineError
from shisaku.message import Message, say

MARK = ".part-"
LEFT_BEHIND_SECONDS = 3600.0
READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FULL_SAID = "os error 28"  # how Lance, which gives no errno, says that the disk is full


@contextmanager
def disk_errors(where: Path) -> Iterator[None]:
    """Turn an OSError about `where` into a MachineError that says what to do about it."""
    try:
        yield
    except OSError as error:
        cause = error.strerror or str(error).partition(", /")[0]  # Lance adds where in its own source
        raise MachineError(
            say("Cannot write or read here: {cause}", cause=cause), where=str(where), next=_advice(error)
        ) from error


def _advice(error: OSError) -> Message:
    if error.errno in FULL or FULL_SAID in str(error):
        return say("Free some space, or move the cache with SHISAKU_CACHE, and run again: what is done is kept")
    if error.errno in READ_ONLY:
        return say("Choose a folder that you may write to")
    return say("Check the disk and run again: what is done is kept")


def write_bytes(path: Path, data: bytes) -> None:
    """Put `data` at `path`: after a crash it holds the old bytes or the new, never a part. Raises MachineError."""
    with disk_errors(path):
        replace_bytes(path, data)


def replace_bytes(path: Path, data: bytes) -> None:
    """Do what `write_bytes` does and let the OSError through, for callers that can go elsewhere."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part_name(path)
    try:
        with open(part, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder that becomes `path` when the block ends well, and is removed otherwise.

    If `path` came into being meanwhile, FileExistsError is left to the caller. Leftovers of processes
    that were killed are swept first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path.parent)
    part = _part_name(path)
    part.mkdir()
    try:
        yield part
        _sync_tree(part)
        _rename_to_new(part, path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _sync_folder(path.parent)


def is_alive(pid: int) -> bool:
    """Say whether a process of that id runs on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _rename_to_new(part: Path, path: Path) -> None:
    taken = FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    if path.exists():
        raise taken
    try:
        os.rename(part, path)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):  # another process was faster
            raise taken from error
        raise


def _part_name(path: Path) -> Path:
    return path.with_name(f".{path.name[:40]}{MARK}{os.getpid()}-{secrets.token_hex(4)}")


def _sweep(folder: Path) -> None:
    for left in folder.glob(f".*{MARK}*"):
        pid = left.name.rpartition(MARK)[2].partition("-")[0]
        # A process of another container has no id here and looks dead, hence the age too.
        old = time.time() - left.stat().st_mtime > LEFT_BEHIND_SECONDS
        if old and pid.isdigit() and not is_alive(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _sync_tree(folder: Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                os.fsync(file.fileno())
        _sync_folder(Path(place))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
