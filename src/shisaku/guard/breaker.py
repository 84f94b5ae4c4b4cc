"""A circuit breaker: an endpoint that keeps failing is left alone for a while, then tried with one call."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

State = Literal["closed", "open", "half-open"]


@dataclass(slots=True)
class Breaker:
    """Opens after `row` failures one after the other, or when `share` of the last `window` attempts failed.

    It stays open for `rest` seconds, then lets one probe through: if that succeeds it closes, if it fails it rests
    twice as long (up to `most_rest`). After `gives_up` openings without a success between, `hopeless` says that waiting
    for it is no use. Pattern: Nygard, Release It! (2007), chapter 5.
    """

    clock: Callable[[], float]
    row: int = 10
    share: float = 0.5
    window: int = 50
    rest: float = 1.0
    most_rest: float = 60.0
    gives_up: int = 4
    _failures: int = 0
    _openings: int = 0
    _until: float = 0.0
    _probing: bool = False
    _seen: deque[bool] = field(default_factory=deque)

    @property
    def state(self) -> State:
        """Return what it lets through now: everything, nothing, or one probe."""
        if not self._openings:
            return "closed"
        return "half-open" if self.clock() >= self._until else "open"

    @property
    def hopeless(self) -> bool:
        """Say whether it is open, and has been opened too often in a row for anybody to wait for it."""
        return self._openings >= self.gives_up and (self.state == "open" or self._probing)

    def wait(self) -> float:
        """Return how many seconds an attempt has to wait now; 0: it may go, and is the probe if there is one."""
        if self.state == "closed":
            return 0.0
        if self.state == "open":
            return self._until - self.clock()
        if self._probing:
            return self.rest / 4
        self._probing = True
        return 0.0

    def succeeded(self) -> None:
        """Note an attempt that the endpoint answered properly."""
        self._failures = 0
        if self._openings:
            self._seen.clear()
        self._openings, self._probing = 0, False
        self._note(True)

    def failed(self) -> None:
        """Note an attempt that the endpoint failed."""
        self._failures += 1
        self._note(False)
        if self._openings:
            # Attempts that were on their way when it opened say nothing new; the probe does.
            if self._probing and self.state == "half-open":
                self._open()
        elif self._failures >= self.row or self._too_many():
            self._open()

    def unclear(self) -> None:
        """Note that the attempt ended without saying anything about the endpoint."""
        self._probing = False

    def _note(self, good: bool) -> None:
        self._seen.append(good)
        if len(self._seen) > self.window:
            self._seen.popleft()

    def _too_many(self) -> bool:
        return len(self._seen) >= self.window and self._seen.count(False) >= self.share * self.window

    def _open(self) -> None:
        self._until = self.clock() + min(self.rest * 2**self._openings, self.most_rest)
        self._openings += 1
        self._probing = False
