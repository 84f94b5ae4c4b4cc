"""Decoders that misbehave, for the sandbox to survive. The file's name says how."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from shisaku.store.decoded import Decoded
from shisaku.store.limits import Limits


def decode(task: str, path: Path, limits: Limits, span: object) -> Decoded:
    """Misbehave as the file name asks, or give the file's bytes."""
    how = path.stem.partition("-")[0]
    if how == "hang":
        time.sleep(600)
    if how == "spin":
        while True:
            pass
    if how == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "abort":
        os.abort()
    if how == "exit":
        os._exit(3)
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
    return Decoded(path.read_bytes(), {"pid": str(os.getpid()), "names": " ".join(os.environ)})
