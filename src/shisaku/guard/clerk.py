"""Many callers, few writes: a thread that puts what waits into the ledger in one go (group commit)."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

from shisaku.errors import MachineError
from shisaku.guard.ledger import Ledger
from shisaku.guard.record import Entry
from shisaku.message import say

MOST: Final = 4096


class Clerk:
    """Takes records at once and answers each with its number when it is on disk.

    While one batch is forced to disk the next one gathers, so that a disk which takes 3 ms for that is no limit.
    From asyncio: ``await asyncio.wrap_future(clerk.add(entry))``.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._waiting: queue.SimpleQueue[tuple[Entry, Future[int]] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = 0
        self._closed = False

    def add(self, entry: Entry) -> Future[int]:
        """Hand in a record. The future holds its number, or the MachineError for which nothing may be sent."""
        future: Future[int] = Future()
        future.set_running_or_notify_cancel()  # a record that was handed in is written, whoever still waits
        with self._lock:
            if self._closed:
                raise MachineError(say("The ledger of this run is closed; nothing is sent without it"))
            if self._pid != os.getpid():  # a forked child has neither the thread nor a right to what waits there
                self._pid, self._thread, self._waiting = os.getpid(), None, queue.SimpleQueue()
            self._waiting.put((entry, future))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
                self._thread.start()
        return future

    def close(self) -> None:
        """Write what waits, end the thread and let the file go."""
        with self._lock:
            self._closed = True
            thread = self._thread if self._pid == os.getpid() else None
            self._waiting.put(None)
        if thread is not None:
            thread.join()
        self.ledger.close()

    def _work(self) -> None:
        ends = False
        while not ends:
            batch = [self._waiting.get()]
            while len(batch) < MOST and batch[-1] is not None:
                try:
                    batch.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            ends = batch[-1] is None
            self._commit([one for one in batch if one is not None])

    def _commit(self, batch: Sequence[tuple[Entry, Future[int]]]) -> None:
        try:
            numbers = self.ledger.write([entry for entry, _ in batch])
        except Exception as error:  # noqa: BLE001 - whoever waits must learn of it, whatever it is
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), number in zip(batch, numbers, strict=True):
            future.set_result(number)
