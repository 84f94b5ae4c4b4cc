"""Workers as the asking process gets them: forked by a server that has loaded the libraries already."""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import BinaryIO

from shisaku.errors import MachineError
from shisaku.message import say
from shisaku.store.answers import Answers, HungError
from shisaku.store.fork_server import ANSWER, FORK, QUESTION, READY, REAP
from shisaku.store.limits import Limits
from shisaku.store.worker import MEGABYTE, SLOT, SLOTS

START_SECONDS, END_SECONDS = 60.0, 5.0
UNKNOWN_END = -signal.SIGKILL  # of a worker whose server is gone: most likely for lack of memory
PASSED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # also saves address space
# Pictures come and go: memory that is given back after each one costs a page fault for every 4 kB of the next.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(64 << 20)}


@dataclass(slots=True)
class Forked:
    """One worker: where requests go, where answers come from, and the memory that it shares with us alone."""

    pid: int
    server: subprocess.Popen[bytes]
    requests: BinaryIO
    answers: Answers
    shared: mmap.mmap | None

    def kill(self) -> None:
        """End it. Until the server reaps it nobody else gets its process id; without a server it ends by itself."""
        if self.server.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Close our ends."""
        with suppress(OSError):
            self.requests.close()
        self.answers.close()
        if self.shared is not None:
            self.shared.close()


class ForkServer:
    """The server of one pool of workers: it starts when the first one is asked for, and anew if it died."""

    def __init__(self, limits: Limits, decoder: str) -> None:
        self._limits = limits
        self._command = [sys.executable, "-P", "-m", "shisaku.store.fork_server", json.dumps(asdict(limits)), decoder]
        self._alone = threading.Lock()
        self._server: _Server | None = None

    def start(self) -> None:
        """Start the server, and do not wait until it is ready."""
        with self._alone:
            self._launched()

    def fork(self) -> Forked:
        """Return a new worker. Raises MachineError if there is none to be had."""
        with self._alone:
            server = self._ready()
            (theirs, requests), (answers, they_answer), memory = os.pipe(), os.pipe(), _memory()
            given = [theirs, they_answer, *([] if memory is None else [memory])]
            shared = None if memory is None else mmap.mmap(memory, SLOT * SLOTS, prot=mmap.PROT_READ)
            pid = self._told(server, FORK, 0, given)
            for descriptor in given:
                os.close(descriptor)
            most = self._limits.memory_mb * MEGABYTE
            worker = Forked(pid, server.process, os.fdopen(requests, "wb"), Answers(answers, most), shared)
            try:
                if pid > 0:
                    worker.answers.receive(START_SECONDS)
                    return worker
            except (HungError, EOFError, OSError):
                pid = self._told(server, REAP, pid)
            worker.close()
            raise self._does_not_start(pid)

    def reap(self, worker: Forked) -> int:
        """Return how a worker ended; one that goes on is killed after a moment."""
        with self._alone:
            server = self._server
            mine = server is not None and server.process is worker.server
            return self._told(server, REAP, worker.pid) if server is not None and mine else UNKNOWN_END

    def interrupt(self) -> None:
        """End a server that is not ready yet, from another thread."""
        server = self._server
        if server is not None and not server.ready:
            server.process.kill()

    def close(self) -> None:
        """End the server; its workers were reaped before."""
        with self._alone:
            self._end()

    def _launched(self) -> _Server:
        if self._server is None:
            ours, theirs = socket.socketpair()
            ours.settimeout(START_SECONDS)
            with theirs:
                process = subprocess.Popen(
                    self._command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=_environment(),
                    start_new_session=True,  # Ctrl-C is for us; the workers are ended by us
                )
            self._server = _Server(process, ours)
        return self._server

    def _ready(self) -> _Server:
        if self._server is not None and self._server.ready and self._server.process.poll() is not None:
            self._end()
        server = self._launched()
        if not server.ready and server.answer() != READY:
            raise self._does_not_start(self._end())
        server.ready = True
        return server

    def _told(self, server: _Server, what: int, pid: int, descriptors: Sequence[int] = ()) -> int:
        """Return an answer. A server without one is ended: a late one would be taken for the next."""
        try:
            socket.send_fds(server.control, [QUESTION.pack(what, pid)], descriptors)
            answer = server.answer()
        except OSError:
            answer = None
        if answer is None:
            self._end()
        return UNKNOWN_END if answer is None else answer

    def _end(self) -> int:
        server, self._server = self._server, None
        if server is None:
            return 0
        server.control.close()
        with suppress(subprocess.TimeoutExpired):
            return server.process.wait(END_SECONDS)
        server.process.kill()
        return server.process.wait()

    def _does_not_start(self, code: int) -> MachineError:
        return MachineError(
            say("The process that decodes media does not start (exit code {code})", code=code),
            where=" ".join(self._command[:4]),
            next=say(
                "Check that this installation is complete and that {limit} MB of memory are free",
                limit=self._limits.memory_mb,
            ),
        )


@dataclass(slots=True)
class _Server:
    process: subprocess.Popen[bytes]
    control: socket.socket
    ready: bool = False

    def answer(self) -> int | None:
        try:
            answer = self.control.recv(ANSWER.size, socket.MSG_WAITALL)
        except OSError:
            return None
        return int(ANSWER.unpack(answer)[0]) if len(answer) == ANSWER.size else None


def _memory() -> int | None:
    """Return memory to share, of a size that nobody can change: reading past its end would kill us."""
    try:
        memory = os.memfd_create("shisaku", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except (OSError, AttributeError):  # not every system has it; answers then go through the pipe
        return None
    os.ftruncate(memory, SLOT * SLOTS)
    fcntl.fcntl(memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    return memory


def _environment() -> dict[str, str]:
    """Pass on what Python needs to start and no secrets."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, **dict.fromkeys(ONE_THREAD, "1"), **KEEP_MEMORY, "PYTHONDONTWRITEBYTECODE": "1"}
