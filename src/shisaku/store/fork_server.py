"""A process that loads the decoder and its libraries once and forks a worker each time it is asked.

It opens no file and decodes nothing, so no file can harm it. It speaks over the socket that is its standard input,
question and answer: `FORK` comes with the worker's ends of its pipes and its shared memory and is answered with the
process id, `REAP` with the exit code of a worker. It ends when the socket closes. Started by `shisaku.store.forked`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import struct
import sys
import time
from contextlib import suppress

from shisaku.store.limits import Limits
from shisaku.store.worker import Decoder, load_libraries, serve

FORK, REAP = 0, 1
QUESTION = struct.Struct(">Bi")  # which, and the process it is about
ANSWER = struct.Struct(">i")  # minus the errno where a fork failed
READY = 1
DESCRIPTORS = 3  # requests, answers, shared memory
PATIENCE_SECONDS, LOOK_SECONDS = 1.0, 0.002


def main() -> None:
    """Serve until the socket closes; `argv` holds the limits and the decoder as ``module:function``."""
    limits = Limits(**json.loads(sys.argv[1]))
    module, _, function = sys.argv[2].partition(":")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = _private_socket()
    decoder: Decoder = getattr(importlib.import_module(module), function)
    load_libraries()
    gc.freeze()  # what is there now stays, and is shared with the workers as long as nobody counts its references
    control.sendall(ANSWER.pack(READY))
    while True:
        question, descriptors, _, _ = socket.recv_fds(control, QUESTION.size, DESCRIPTORS)
        if len(question) < QUESTION.size:
            return
        what, pid = QUESTION.unpack(question)
        answer = _reaped(pid) if what == REAP else _forked(decoder, limits, control, descriptors)
        control.sendall(ANSWER.pack(answer))


def _private_socket() -> socket.socket:
    """Keep the socket to ourselves; whatever a library reads or prints comes from and goes to nowhere."""
    control = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return control


def _forked(decoder: Decoder, limits: Limits, control: socket.socket, descriptors: list[int]) -> int:
    try:
        pid = os.fork()
    except OSError as error:
        pid = -(error.errno or 1)
    if pid:
        for descriptor in descriptors:
            os.close(descriptor)
        return pid
    code = 1
    try:
        control.close()
        serve(decoder, limits, *descriptors)
        code = 0
    finally:
        os._exit(code)  # nothing of the server's is tidied up by its copy


def _reaped(pid: int) -> int:
    """Return how a worker ended; one that does not by itself is killed."""
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
        while not found:
            time.sleep(LOOK_SECONDS)
            if time.monotonic() > until:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                until = float("inf")
            found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return -signal.SIGKILL
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
    os._exit(0)  # there is nothing to tidy up, and somebody waits
