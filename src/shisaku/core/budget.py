"""What a run may use up before it stops."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """Upper limits of a run; None is no limit. Work stops before a limit is passed, never after.

    `money` is in `currency`; `tokens` and `calls` are those of servers, sent and received; `minutes` are of wall time,
    and end calls to servers; `gpu_hours` are those in which models in local folders work on a device other than the
    processor. What somebody else's server computes on, programs and the models in the lock are not in `gpu_hours`.
    """

    money: float | None = None
    currency: str = "USD"
    tokens: int | None = None
    calls: int | None = None
    minutes: float | None = None
    gpu_hours: float | None = None
