"""Killable processes for decoding: a crash, hang or memory bomb in one file costs that file and no more."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from shisaku.core.drop import Failure
from shisaku.store.decoded import Decoded
from shisaku.store.decoding_process import DecodingProcess
from shisaku.store.forked import ForkServer
from shisaku.store.job import Job
from shisaku.store.limits import Limits

DECODER = "shisaku.store.worker:decode"
# Packets in flight per worker: few enough to stay flat in memory, and so many that those who ask side by side are
# served one after the other, not all at the same time late.
AHEAD = 4
PACKET, PACKET_BYTES = 8, 4 << 20  # files


class Sandbox:
    """A pool of decoding processes. Use it as a context manager; processes start when first needed.

    `decoder` is the ``module:function`` that the processes call, by default the one that knows the
    media formats. Raises MachineError only if the processes cannot be started at all.
    """

    def __init__(self, limits: Limits | None = None, workers: int = 2, decoder: str = DECODER) -> None:
        self.limits = limits or Limits()
        self._idle: queue.LifoQueue[DecodingProcess] = queue.LifoQueue()
        self._server = ForkServer(self.limits, decoder)
        self._all = [DecodingProcess(self.limits, self._server) for _ in range(workers)]
        for worker in self._all:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="sandbox")

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._server.interrupt()
        for worker in self._all:
            worker.interrupt()
        self._threads.shutdown(wait=True)
        for worker in self._all:
            worker.kill()
        self._server.close()

    def start(self) -> None:
        """Let the processes start, while whoever calls has something else to do before the first file."""
        self._server.start()

    def decode(self, job: Job) -> Decoded | Failure:
        """Decode one file, or say why it cannot be."""
        return self._decoded([job])[0]

    def map(self, jobs: Iterable[Job]) -> Iterator[Decoded | Failure]:
        """Decode files side by side; outcomes come in the order of `jobs`."""
        waiting: deque[Future[list[Decoded | Failure]]] = deque()
        for packet in _packets(jobs):
            waiting.append(self._threads.submit(self._decoded, packet))
            if len(waiting) >= AHEAD * len(self._all):
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()

    def _decoded(self, packet: Sequence[Job]) -> list[Decoded | Failure]:
        worker = self._idle.get()
        try:
            return worker.decode(packet)
        finally:
            self._idle.put(worker)


def _packets(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Put small files together: handing over one by one costs as much as decoding a small picture."""
    packet: list[Job] = []
    size = 0
    for job in jobs:
        packet.append(job)
        size += _weight(job)
        if len(packet) >= PACKET or size >= PACKET_BYTES:
            yield packet
            packet, size = [], 0
    if packet:
        yield packet


def _weight(job: Job) -> int:
    if isinstance(job.media, bytes):
        return len(job.media)
    try:
        return job.media.stat().st_size
    except OSError:
        return 0
