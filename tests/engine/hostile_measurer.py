"""A measurer that dies of certain records, as a library's native code may."""

from __future__ import annotations

import os
import signal

from shisaku.engine import glancing
from shisaku.store.decoded import Decoded
from shisaku.store.limits import Limits


def measure(task: str, letter: bytes, limits: Limits, span: object = None) -> Decoded:
    """Die if one of the records is called so, else measure."""
    if b"segfault" in letter:
        os.kill(os.getpid(), signal.SIGSEGV)
    return glancing.measure(task, letter, limits, span)
