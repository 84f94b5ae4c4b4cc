"""How long each step took, and for sound how that compares with the length of the sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shisaku.report.numbers import duration, number
from shisaku.report.record import Record, Row
from shisaku.report.words import Words, _


@dataclass(frozen=True, slots=True)
class Timing:
    """One step's time; for a step on sound how much sound, how much of it a second, and the real-time factor."""

    row: Row
    sound: Words | None
    speed: Words | None
    factor: str


def timings(record: Record) -> list[Timing]:
    """Return the time of every step; runs of older versions do not say how much sound there was."""
    return [_timing(row) for row in record.tables["timings"]]


def _timing(row: Row) -> Timing:
    sound, seconds = _positive(row.get("audio_seconds")), _positive(row.get("seconds"))
    if not sound:
        return Timing(row, None, None, "")
    if not seconds:
        return Timing(row, duration(sound), None, "")
    speed = _("{x} s of sound per s of computing", x=number(sound / seconds, 2 if sound < 100 * seconds else 3))
    return Timing(row, duration(sound), speed, number(seconds / sound, 2))


def _positive(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and value > 0 else 0.0
