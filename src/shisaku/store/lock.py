"""One process at a time on a folder: a lock file that names its holder, taken over when the holder is dead."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shisaku.errors import MachineError
from shisaku.message import Message, say
from shisaku.store.atomic import disk_errors, is_alive

Busy = Callable[[int, str], Message]


def cooking(pid: int, host: str) -> Message:
    """Say that a process is cooking a run."""
    return say("Process {pid} on {host} is cooking this run", pid=pid, host=host)


class FolderLock:
    """The lock file `path`. A process may take its own lock again; a dead process holds nothing.

    `busy` says, of a process id and a host, what that process does there.
    """

    def __init__(self, path: Path, busy: Busy = cooking) -> None:
        self.path = path
        self._busy = busy

    def take(self) -> None:
        """Write this process into the file. Raises MachineError while another living process is in it."""
        with disk_errors(self.path), self._alone() as descriptor:
            holder = _read(descriptor)
            if holder and not _is_mine(holder) and _lives(holder):
                raise MachineError(
                    self._busy(holder["pid"], holder["host"]),
                    where=str(self.path),
                    next=say("Wait for it, or stop it; if it is no longer there, delete this file"),
                )
            _write(descriptor, _me())

    def release(self) -> None:
        """Empty the file if it names this process."""
        with disk_errors(self.path), self._alone() as descriptor:
            if _is_mine(_read(descriptor)):
                os.ftruncate(descriptor, 0)

    def held(self) -> bool:
        """Say whether a living process, this one or another, is in the file."""
        try:
            holder = json.loads(self.path.read_bytes() or b"{}")
        except (OSError, ValueError):
            return False
        return bool(holder) and _lives(holder)

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """Look and write under the system's own lock, so that two processes cannot both take over."""
        import fcntl

        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def _me() -> dict[str, Any]:
    return {"pid": os.getpid(), "host": socket.gethostname(), "born": _born(os.getpid())}


def _is_mine(holder: dict[str, Any]) -> bool:
    return holder == _me()


def _lives(holder: dict[str, Any]) -> bool:
    """Another machine's process cannot be asked, so it counts as living."""
    if holder.get("host") != socket.gethostname():
        return True
    pid = int(holder.get("pid", 0))
    return pid > 0 and is_alive(pid) and holder.get("born") == _born(pid)


def _born(pid: int) -> str:
    """Return when a process started, in the kernel's own ticks: a reused pid has another birth."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _read(descriptor: int) -> dict[str, Any]:
    try:
        found = json.loads(os.pread(descriptor, 4096, 0) or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _write(descriptor: int, holder: dict[str, Any]) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode(), 0)
    os.fsync(descriptor)
