"""What a run may use up before it stops."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """Upper limits of a run; None is no limit. Work stops before a limit is passed, never after.

    `money` is in `currency`; `tokens` are those sent and received; `minutes` are of wall time, `gpu_hours` of use of
    local accelerators, `reviewer_minutes` of people's time.
    """

    money: float | None = None
    currency: str = "USD"
    tokens: int | None = None
    calls: int | None = None
    minutes: float | None = None
    gpu_hours: float | None = None
    reviewer_minutes: float | None = None
