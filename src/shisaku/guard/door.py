"""The one door to the outside, as those who call it see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shisaku.guard.call import Call
from shisaku.guard.reply import Refusal, Reply


class Door(Protocol):
    """Takes calls, gives an answer or a refusal for each, in their order.

    Safe from many threads at once; how many are in flight is the endpoint's business and not the caller's.
    """

    def send(self, calls: Sequence[Call]) -> list[Reply | Refusal]:
        """Return what came of every call. Raises MachineError only for this machine's own faults (disk, bug)."""
        ...
