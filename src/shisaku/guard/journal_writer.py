"""One thread that writes to the journal: what comes within a few milliseconds is one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from shisaku.errors import MachineError
from shisaku.guard.journal_table import connect
from shisaku.message import say

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]
LINGER = 0.003  # seconds that a transaction waits for company


class _Job(NamedTuple):
    work: Work
    waits: asyncio.Future[Any] | None
    loop: asyncio.AbstractEventLoop | None


class JournalWriter:
    """Takes pieces of work from any thread and does them in their order; nothing is told done before it is on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = connect(path)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="shisaku-journal", daemon=True)
        self._thread.start()

    def put(self, work: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """Have something written; the future of the running loop ends when it is on disk, or with a MachineError."""
        loop = asyncio.get_running_loop()
        waits: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, waits, loop))
        return waits

    def post(self, work: Work) -> None:
        """Have something written that nobody waits for."""
        self._jobs.put(_Job(work, None, None))

    def close(self) -> None:
        """Write what was put before, and end."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        goes_on = True
        while goes_on:
            jobs = [self._jobs.get()]
            if jobs[0] is not None:
                time.sleep(LINGER)
            with contextlib.suppress(queue.Empty):
                while True:
                    jobs.append(self._jobs.get_nowait())
            goes_on = None not in jobs
            self._write([job for job in jobs if job is not None])
        self._connection.close()

    def _write(self, jobs: list[_Job]) -> None:
        done: list[tuple[_Job, Any]]
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            done = [(job, job.work(self._connection)) for job in jobs]
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits must hear of it
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            done = [(job, self._told(error)) for job in jobs]
        _deliver(done)

    def _told(self, error: Exception) -> Exception:
        if not isinstance(error, sqlite3.Error):
            return error
        return MachineError(
            say("The journal of paid answers cannot be written: {cause}", cause=str(error)),
            str(self._path),
            next=say("Free some space, or move the cache with SHISAKU_CACHE, and run again: what is done is kept"),
        )


def _deliver(done: list[tuple[_Job, Any]]) -> None:
    of_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = defaultdict(list)
    for job, result in done:
        if job.loop is not None and job.waits is not None:
            of_loop[job.loop].append((job.waits, result))
    for loop, results in of_loop.items():
        with contextlib.suppress(RuntimeError):  # a loop that has ended waits for nothing
            loop.call_soon_threadsafe(_settle, results)


def _settle(results: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for waits, result in results:
        if waits.done():
            continue
        if isinstance(result, Exception):
            waits.set_exception(result)
        else:
            waits.set_result(result)
