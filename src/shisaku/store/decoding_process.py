"""One killable process that decodes, seen from the process that asks it."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from shisaku.core.drop import Failure
from shisaku.message import Message, say
from shisaku.store.answers import HungError
from shisaku.store.decoded import Decoded
from shisaku.store.forked import Forked, ForkServer
from shisaku.store.job import Job
from shisaku.store.limits import Limits
from shisaku.store.worker import HEAD, SLOT, SLOTS

IN_PIPE = 32 << 10  # bytes of requests that wait: more than a pipe holds could block both sides


class DecodingProcess:
    """One worker, forked anew after it died, until it is interrupted."""

    def __init__(self, limits: Limits, server: ForkServer) -> None:
        self._limits = limits
        self._server = server
        self._worker: Forked | None = None
        self._alone = threading.Lock()  # a worker is killed before it is reaped, never after
        self._interrupted = False

    def decode(self, packet: Sequence[Job]) -> list[Decoded | Failure]:
        """Decode some files. While one is decoded the next requests lie in the pipe already, so that nobody waits.

        Who is to blame for a death is the first one that has no answer; those behind it are asked for again.
        """
        outcomes: list[Decoded | Failure] = []
        while len(outcomes) < len(packet) and not self._interrupted:
            if self._worker is not None and self._worker.answers.closed():
                self.kill()  # it died between two files, and the next file is not to blame
            worker = self._worker or self._start()
            outcomes += self._answers(worker, packet[len(outcomes) :])
        return outcomes

    def _answers(self, worker: Forked, jobs: Sequence[Job]) -> list[Decoded | Failure]:
        """Return the outcomes of `jobs`, or as far as the process got, at least one."""
        requests = deque(_request(job, n % SLOTS) for n, job in enumerate(jobs))
        outstanding: deque[int] = deque()
        outcomes: list[Decoded | Failure] = []
        try:
            while len(outcomes) < len(jobs):
                if requests and not _sent(worker, _next(requests, outstanding)):
                    requests.clear()  # it is dead, but what it answered before still lies in the other pipe
                header, data = worker.answers.receive(self._limits.seconds)
                outstanding.popleft()
                outcomes.append(_outcome(header, data or _shared(worker, len(outcomes), header)))
                if header.get("spent"):
                    self.kill()
                    return outcomes
        except HungError:
            self.kill()
            outcomes.append(Failure(_too_slow(self._limits)))
        except (EOFError, OSError):
            outcomes.append(Failure(_death(self._buried(), self._limits)))
        return outcomes

    def interrupt(self) -> None:
        """End the worker from another thread; the one that waits for it sees the pipe close and tidies up."""
        self._interrupted = True
        with self._alone:
            if self._worker is not None:
                self._worker.kill()

    def kill(self) -> None:
        """End the worker and forget it."""
        if self._worker is not None:
            self._worker.kill()
            self._buried()

    def _buried(self) -> int:
        """Forget a worker that has closed its pipe, or was killed, and return how it ended."""
        with self._alone:
            worker, self._worker = self._worker, None
        if worker is None:
            return 0
        worker.close()
        return self._server.reap(worker)

    def _start(self) -> Forked:
        worker = self._server.fork()
        with self._alone:
            self._worker = worker
            if self._interrupted:
                worker.kill()
        return worker


def _next(requests: deque[bytes], outstanding: deque[int]) -> bytes:
    """Take the requests that can be sent at once; more than a pipe holds could block both sides."""
    some: list[bytes] = []
    while requests and len(outstanding) < SLOTS and (not outstanding or sum(outstanding) + len(requests[0]) <= IN_PIPE):
        outstanding.append(len(requests[0]))
        some.append(requests.popleft())
    return b"".join(some)


def _outcome(header: Mapping[str, Any], data: bytes) -> Decoded | Failure:
    if "refused" in header:
        return Failure(Message.from_json(header["refused"]))
    if not isinstance(header.get("facts"), dict):
        raise EOFError
    return Decoded(data, header["facts"])


def _shared(worker: Forked, n: int, header: Mapping[str, Any]) -> bytes:
    """Copy an answer out of the shared memory: what we hold, hash and store cannot be changed from there."""
    size = header.get("shared", 0)
    if size == 0:
        return b""
    if worker.shared is None or not isinstance(size, int) or not 0 < size <= SLOT:
        raise EOFError
    start = n % SLOTS * SLOT
    return worker.shared[start : start + size]


def _request(job: Job, slot: int) -> bytes:
    held = job.media if isinstance(job.media, bytes) else b""
    where = {} if isinstance(job.media, bytes) else {"path": os.fspath(job.media)}
    request = json.dumps({"task": job.task, "span": job.span, "slot": slot, **where}).encode()
    return b"".join((HEAD.pack(len(request), len(held)), request, held))


def _sent(worker: Forked, requests: bytes) -> bool:
    """Write requests; return whether there is still somebody who can read them."""
    try:
        worker.requests.write(requests)
        worker.requests.flush()
    except OSError:
        return False
    return True


def _death(code: int, limits: Limits) -> Message:
    if -code in (signal.SIGXCPU, signal.SIGALRM):
        return _too_slow(limits)
    if -code == signal.SIGKILL:
        return say("The decoder was killed by the system, most likely for lack of memory")
    if code < 0:
        return say("The file crashes the decoder ({signal})", signal=signal.Signals(-code).name)
    return say("The file makes the decoder stop (exit code {code})", code=code)


def _too_slow(limits: Limits) -> Message:
    return say("Decoding takes longer than {seconds:g} s", seconds=limits.seconds)
