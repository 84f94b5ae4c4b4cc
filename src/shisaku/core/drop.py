"""What leaves leaves with a reason: kept + dropped = made."""

from __future__ import annotations

from dataclasses import dataclass

from shisaku.message import Message


@dataclass(frozen=True, slots=True)
class Drop:
    """A sample that left: which, at which step and op, why, and with what score (None if it was not a score)."""

    sample: str
    step: str
    op: str
    reason: Message
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """What a Transform returns for a sample it could not handle; the engine turns it into a Drop.

    `passing` where the cause may be gone at the next try (a busy server, a spent budget): the Drop stands in this
    run, and the same command asks again.
    """

    reason: Message
    passing: bool = False
