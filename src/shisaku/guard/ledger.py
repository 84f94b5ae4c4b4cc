"""The record of every byte that leaves: append-only, each record chained to the one before, on disk before it is true.

Processes and threads may append to one ledger: a batch is written and forced to disk under the system's lock on the
file. What was not written to its end when a process died is cut off, and the cut is a record itself.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from shisaku.errors import DataError, MachineError
from shisaku.guard.chain import Head, link, read_line
from shisaku.guard.head import read_head, write_head
from shisaku.guard.names import Names
from shisaku.guard.record import CUT, Entry
from shisaku.message import say
from shisaku.store.atomic import disk_errors

FOLDER: Final = "guard"
NAME: Final = "ledger.jsonl"
LONGEST_LINE: Final = 1 << 26
STEP: Final = 1 << 16


def now() -> str:
    """Return the time in UTC to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def ledger_of(run: Path) -> Path:
    """Return where the ledger of a run lies."""
    return run / FOLDER / NAME


class Ledger:
    """The ledger at `path`; `write` returns when the records are on disk."""

    def __init__(self, path: Path, clock: Callable[[], str] = now) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._file = -1
        self._pid = 0
        self._end = 0
        self._head = Head()
        self._broken = False
        self._names = Names(path)

    def write(self, entries: Sequence[Entry]) -> list[int]:
        """Append records and force them to disk; return their numbers.

        Raises MachineError where that is not possible: then nothing that they tell of may be sent.
        """
        if not entries:
            return []
        with self._lock, disk_errors(self.path), self._alone():
            self._catch_up()
            return self._append(self._names.hidden(entries))

    @property
    def head(self) -> Head:
        """How many records there are and the hash of the last, as this object last saw it."""
        return self._head

    def close(self) -> None:
        """Let the file go; writing opens it again."""
        with self._lock:
            if self._file >= 0 and self._pid == os.getpid():
                os.close(self._file)
            self._file = -1

    @contextmanager
    def _alone(self) -> Iterator[None]:
        import fcntl

        # A forked child shares the parent's file and with it the parent's lock: it opens one of its own.
        if self._file < 0 or self._pid != os.getpid():
            self._open()
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = not self.path.exists()
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._pid, self._end, self._head = os.getpid(), 0, Head()
        if new:
            folder = os.open(self.path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)

    def _catch_up(self) -> None:
        """Learn what others appended, and cut off what nobody finished."""
        held = os.fstat(self._file)
        try:
            same = os.stat(self.path).st_ino == held.st_ino
        except FileNotFoundError:
            same = False
        if self._broken or not same or held.st_size < self._end:
            raise self._damaged()
        if held.st_size == self._end:
            self._check_start()
            return
        start, line, torn = self._last_line(held.st_size)
        record = read_line(line) if line else None
        if line and record is None:
            raise self._damaged()
        if record is not None:
            self._head = Head(record["seq"], record["hash"])
        self._end = start + len(line) + 1 if line else 0
        self._check_start()
        if torn:
            os.ftruncate(self._file, self._end)
            self._append([{"kind": CUT, "bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}])

    def _check_start(self) -> None:
        """Refuse to go on where records are missing that the second file knows of."""
        try:
            known = read_head(self.path) or Head()
        except DataError as error:
            raise self._damaged() from error
        if known.records > self._head.records or (known.records == self._head.records and known != self._head):
            raise self._damaged()

    def _last_line(self, size: int) -> tuple[int, bytes, bytes]:
        """Return where the last whole line begins, that line without its newline, and what stands after it."""
        at, tail = size, b""
        while at > 0 and tail.count(b"\n") < 2 and len(tail) < LONGEST_LINE:
            step = min(STEP, at)
            at -= step
            tail = os.pread(self._file, step, at) + tail
        whole, newline, torn = tail.rpartition(b"\n")
        if not newline:
            return 0, b"", tail
        line = whole.rpartition(b"\n")[2]
        return size - len(torn) - 1 - len(line), line, torn

    def _append(self, entries: Sequence[Entry]) -> list[int]:
        head, lines = self._head, []
        for entry in entries:
            line, head = link(entry, head, self._clock())
            lines.append(line)
        data = b"".join(lines)
        try:
            _write_all(self._file, data)
        except OSError:
            os.ftruncate(self._file, self._end)
            raise
        try:
            os.fdatasync(self._file)
        except OSError:
            self._broken = True  # what is on disk is not known any more, and a second try would not tell
            raise
        first = self._head.records + 1
        self._head, self._end = head, self._end + len(data)
        write_head(self.path, head)
        return list(range(first, head.records + 1))

    def _damaged(self) -> MachineError:
        return MachineError(
            say("The ledger was changed by something else; nothing is sent without it"),
            where=str(self.path),
            next=say("Look at it with `shisaku guard verify`; keep it, and use a new folder for the run"),
        )


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
