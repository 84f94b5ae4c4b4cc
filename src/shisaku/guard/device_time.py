"""How long the models in local folders have worked on a device beside the processor, held against `gpu_hours`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from shisaku.core.budget import Budget
from shisaku.guard.pace import Clock
from shisaku.guard.spending import ROUNDING
from shisaku.message import Message, say
from shisaku.store.atomic import write_bytes

HOUR: Final = 3600.0
NOTE_SECONDS: Final = 1.0


def account_of(run: Path) -> Path:
    """Return where the account of the run in a folder lies."""
    return run / "guard" / "device.json"


class DeviceTime:
    """The account of one run, for one user at a time.

    What an earlier part of the run used is read from `kept` and goes on counting; it is written there at most every
    second and by `close`, so that a run that is killed forgets a second of it and the work under way.
    """

    def __init__(self, budget: Budget, kept: Path | None = None, clock: Clock = time.perf_counter) -> None:
        self._limit, self._kept, self._clock = budget.gpu_hours, kept, clock
        self._seconds, self._answers = _read(kept)
        self._noted = clock()

    @property
    def hours(self) -> float:
        """How many hours are used."""
        return self._seconds / HOUR

    def refused(self, answers: int) -> Message | None:
        """Say that so many more answers would pass the limit, if they would.

        Each is expected to take the mean of those so far; of the first nothing is known, and it is let through.
        """
        if self._limit is None:
            return None
        need = answers * self._seconds / self._answers / HOUR if self._answers else 0.0
        if self.hours < self._limit and self.hours + need <= self._limit * (1 + ROUNDING):
            return None
        return say(
            "The budget of {limit:.6g} GPU hours is reached: {used:.6g} are used, {n} more answers need about "
            "{need:.6g}",
            limit=self._limit, used=self.hours, n=answers, need=need,
        )  # fmt: skip

    @contextmanager
    def counted(self, answers: int, finish: Callable[[], object]) -> Iterator[None]:
        """Count what the block takes; `finish` waits until the device has done what it was given, before and after."""
        finish()
        began = self._clock()
        try:
            yield
        finally:
            try:
                finish()
            finally:
                self._seconds += self._clock() - began
                self._answers += answers
                if self._clock() >= self._noted + NOTE_SECONDS:
                    self.close()

    def close(self) -> None:
        """Write down what is used. Raises MachineError where that cannot be written."""
        self._noted = self._clock()
        if self._kept is not None and self._answers:
            write_bytes(self._kept, json.dumps({"seconds": self._seconds, "answers": self._answers}).encode())


def _read(kept: Path | None) -> tuple[float, int]:
    try:
        held = json.loads(kept.read_bytes()) if kept is not None else {}
        return float(held.get("seconds", 0.0)), int(held.get("answers", 0))
    except FileNotFoundError:
        return 0.0, 0
