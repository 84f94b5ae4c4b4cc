"""Decoders that misbehave, for the sandbox to survive. The file's name says how."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from shisaku.store.decoded import Decoded
from shisaku.store.limits import Limits

ENDS: dict[str, Callable[[], object]] = {
    "hang": lambda: time.sleep(600),
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "abort": os.abort,
    "exit": lambda: os._exit(3),
}


def decode(task: str, path: Path, limits: Limits, span: object) -> Decoded:
    """Misbehave as the file name asks, or give the file's bytes."""
    how = path.stem.partition("-")[0]
    if how in ENDS:
        ENDS[how]()
    if how == "spin":
        while True:
            pass
    if how == "memory":
        hog = bytearray(8 << 30)
        return Decoded(bytes(hog[:1]))
    if how == "print":
        print("noise on standard output", flush=True)
        print("noise on standard error", file=sys.stderr, flush=True)
        os.write(1, b"raw noise")
    if how == "raise":
        raise ZeroDivisionError("a decoder's own error")
    if how == "write":
        path.with_suffix(".out").write_bytes(b"x" * 10)
    about = {"pid": str(os.getpid()), "parent": str(os.getppid()), "names": " ".join(os.environ)}
    if how == "shrink":
        about["ends"] = shrink()
    if how == "say":
        say(path.read_bytes())
    return Decoded(path.read_bytes(), about)


def shrink() -> str:
    """Try to take away the memory that is shared with whoever asks."""
    for descriptor in descriptors("memfd:shisaku"):
        try:
            os.ftruncate(descriptor, 0)
        except OSError:
            return "refused"
    return "taken, or not there"


def say(what: bytes) -> None:
    """Answer in place of the worker."""
    for descriptor in descriptors("pipe:"):
        with suppress(OSError):
            os.write(descriptor, len(what).to_bytes(4, "big") + bytes(4) + what)
    time.sleep(600)


def descriptors(of: str) -> Iterator[int]:
    """Give the open files of this process that have a name like that."""
    for name in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):
            if of in os.readlink(f"/proc/self/fd/{name}"):
                yield int(name)
