"""One killable process that decodes, seen from the process that asks it."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any, cast

from shisaku.core.drop import Failure
from shisaku.errors import MachineError
from shisaku.message import Message, say
from shisaku.store.decoded import Decoded
from shisaku.store.job import Job
from shisaku.store.limits import Limits
from shisaku.store.worker import HEAD, MEGABYTE

START_SECONDS = 60.0
IN_PIPE = 32 << 10  # bytes of requests that wait: more than a pipe holds could block both sides
CHUNK = 1 << 20
PASSED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


class _HungError(Exception):
    pass


class DecodingProcess:
    """One process, started anew after it died, until it is interrupted."""

    def __init__(self, limits: Limits, decoder: str) -> None:
        self._limits = limits
        self._command = [sys.executable, "-P", "-m", "shisaku.store.worker", json.dumps(asdict(limits)), decoder]
        self._process: subprocess.Popen[bytes] | None = None
        self._interrupted = False

    def decode(self, packet: Sequence[Job]) -> list[Decoded | Failure]:
        """Decode some files. While one is decoded the next requests lie in the pipe already, so that nobody waits.

        Who is to blame for a death is the first one that has no answer; those behind it are asked for again.
        """
        outcomes: list[Decoded | Failure] = []
        while len(outcomes) < len(packet) and not self._interrupted:
            if self._process is not None and self._process.poll() is not None:
                self.kill()  # it died between two files, and the next file is not to blame
            process = self._process or self._start()
            outcomes += self._answers(process, packet[len(outcomes) :])
        return outcomes

    def _answers(self, process: subprocess.Popen[bytes], jobs: Sequence[Job]) -> list[Decoded | Failure]:
        """Return the outcomes of `jobs`, or as far as the process got, at least one."""
        requests = deque(map(_request, jobs))
        outstanding: deque[int] = deque()
        outcomes: list[Decoded | Failure] = []
        try:
            while len(outcomes) < len(jobs):
                while requests and (not outstanding or sum(outstanding) + len(requests[0]) <= IN_PIPE):
                    outstanding.append(len(requests[0]))
                    if not _sent(process, requests.popleft()):
                        requests.clear()  # it is dead, but what it answered before still lies in the other pipe
                header, data = _receive(process, self._limits.seconds, self._limits.memory_mb * MEGABYTE)
                outstanding.popleft()
                refused = header.get("refused")
                outcomes.append(Failure(Message.from_json(refused)) if refused else Decoded(data, header["facts"]))
                if header.get("spent"):
                    self.kill()
                    return outcomes
        except _HungError:
            self.kill()
            outcomes.append(Failure(_too_slow(self._limits)))
        except (EOFError, OSError):
            outcomes.append(Failure(_death(self._bury(process), self._limits)))
        return outcomes

    def interrupt(self) -> None:
        """End the process from another thread; the one that waits for it sees the pipe close and tidies up."""
        self._interrupted = True
        process = self._process
        if process is not None:
            process.kill()

    def kill(self) -> None:
        """End the process and forget it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            self._close(process)

    def _bury(self, process: subprocess.Popen[bytes]) -> int:
        """Return how a process that closed its pipe ended."""
        self._process = None
        with suppress(subprocess.TimeoutExpired):
            process.wait(1.0)
        process.kill()
        return self._close(process)

    def _close(self, process: subprocess.Popen[bytes]) -> int:
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        return code

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for us; the workers are ended by us
        )
        self._process = process
        with suppress(OSError, AttributeError):  # not every system has it, and it only saves changing turns
            fcntl.fcntl(cast("IO[bytes]", process.stdout).fileno(), fcntl.F_SETPIPE_SZ, CHUNK)
        try:
            _receive(process, START_SECONDS, MEGABYTE)
        except (_HungError, EOFError, OSError) as error:
            code = self._bury(process)
            raise MachineError(
                say("The process that decodes media does not start (exit code {code})", code=code),
                where=" ".join(self._command[:4]),
                next=say(
                    "Check that this installation is complete and that {limit} MB of memory are free",
                    limit=self._limits.memory_mb,
                ),
            ) from error
        return process


def _request(job: Job) -> bytes:
    held = job.media if isinstance(job.media, bytes) else b""
    where = {} if isinstance(job.media, bytes) else {"path": os.fspath(job.media)}
    request = json.dumps({"task": job.task, "span": job.span, **where}).encode()
    return b"".join((HEAD.pack(len(request), len(held)), request, held))


def _sent(process: subprocess.Popen[bytes], request: bytes) -> bool:
    """Write a request; return whether there is still somebody who can read it."""
    stdin = cast("IO[bytes]", process.stdin)
    try:
        stdin.write(request)
        stdin.flush()
    except OSError:
        return False
    return True


def _environment() -> dict[str, str]:
    """Pass on what Python needs to start and no secrets; one thread each, which also saves address space."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, **dict.fromkeys(threads, "1"), "PYTHONDONTWRITEBYTECODE": "1"}


def _receive(process: subprocess.Popen[bytes], seconds: float, most: int) -> tuple[dict[str, Any], bytes]:
    deadline = time.monotonic() + seconds
    descriptor = cast("IO[bytes]", process.stdout).fileno()
    sizes = HEAD.unpack(_read(descriptor, HEAD.size, deadline))
    if max(sizes) > most:
        raise EOFError
    header = json.loads(_read(descriptor, sizes[0], deadline))
    return header, _read(descriptor, sizes[1], deadline)


def _read(descriptor: int, size: int, deadline: float) -> bytes:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    got = bytearray()
    while len(got) < size:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise _HungError
        data = os.read(descriptor, min(CHUNK, size - len(got)))
        if not data:
            raise EOFError
        got += data
    return bytes(got)


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
