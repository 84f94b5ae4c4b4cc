"""How many threads one model may use."""

from __future__ import annotations

import os

from shisaku.errors import MachineError
from shisaku.message import say

THREADS_VARIABLE = "SHISAKU_THREADS"
DEFAULT_THREADS = 2


def model_threads(chosen: int | None = None) -> int:
    """Return `chosen`, or ``SHISAKU_THREADS``, or 2. Raises MachineError if that is not a whole number above 0."""
    text = str(chosen) if chosen is not None else os.environ.get(THREADS_VARIABLE, "").strip()
    if not text:
        return DEFAULT_THREADS
    if not text.isdecimal() or int(text) < 1:
        raise MachineError(
            say("{text} is not a number of threads", text=text),
            where=THREADS_VARIABLE,
            next=say("Give a whole number above 0, or leave it out"),
        )
    return int(text)
