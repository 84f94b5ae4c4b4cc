"""One call on its way through the gate, and the batch that its sender waits for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from shisaku.guard.call import Call
from shisaku.guard.reply import Refusal, Reply


class Batch:
    """What one sender waits for. Only the loop's thread counts."""

    def __init__(self) -> None:
        self.whole = threading.Event()
        self._expected = -1
        self._done = 0

    def expect(self, errands: int) -> None:
        """Say how many there are."""
        self._expected = errands
        self._look()

    def one_done(self) -> None:
        """Count one that has come to its end."""
        self._done += 1
        self._look()

    def _look(self) -> None:
        if self._done == self._expected:
            self.whole.set()


@dataclass(slots=True, eq=False)
class Errand:
    """One call with the key of its answer and the `rules` that let it through.

    It is `flying` from when bytes are on their way until the answer is written down. Those that ask for the same while
    it is under way are its `followers`: they get what it gets.
    """

    call: Call
    key: str
    batch: Batch
    rules: tuple[str, ...] = ()
    outcome: Reply | Refusal | None = None
    error: Exception | None = None
    flying: bool = False
    attempts: int = 0
    followers: list[Errand] = field(default_factory=list)

    @property
    def samples(self) -> tuple[str, ...]:
        """The samples that the call is about."""
        return tuple(dict.fromkeys(part.sample for part in self.call.sent))

    def end(self) -> None:
        """Tell the sender, and those who follow."""
        for one in self.followers:
            one.outcome = replace(self.outcome, paid=False) if isinstance(self.outcome, Reply) else self.outcome
            one.error = self.error
            one.batch.one_done()
        self.batch.one_done()
