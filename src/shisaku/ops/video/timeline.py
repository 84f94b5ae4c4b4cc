"""What else is on a video's clock (its sound, a log of events, a text with a span) and how it follows a change of time.

The change takes a window of the time and plays it `speed` times as fast: second t becomes (t - start) / speed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.reading import part_of, wave_of
from shisaku.store.codecs import decode_table, encode_table, encode_wave

LISTS = ("events", "spans", "rows")
MOMENTS = ("t", "start", "time", "onset", "begin", "seconds")
ENDS = ("end", "stop", "until")
LENGTHS = ("duration", "length")


@dataclass(frozen=True, slots=True)
class Names:
    """The parts that lie on the clock: video, sound, events and text."""

    video: str
    audio: str
    events: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """Seconds `start` to `end` of the clock (all of it, where they are infinite), played `speed` times as fast."""

    start: float = -math.inf
    end: float = math.inf
    speed: float = 1.0

    def moved(self, seconds: float) -> float:
        """Return when a second of the window is after the change."""
        return (seconds - (self.start if math.isfinite(self.start) else 0.0)) / self.speed

    def of(self, samples: int, rate: int) -> slice:
        """Return which samples of a sound are in the window."""
        if not math.isfinite(self.start):
            return slice(0, samples)
        return slice(max(0, round(self.start * rate)), max(0, round(self.end * rate)))

    @property
    def length(self) -> float:
        """Seconds that the window takes after the change."""
        return (self.end - self.start) / self.speed


def check_clock(sample: Sample, names: Names) -> None:
    """Raise DataError where a part that follows is on another clock, or one on this clock does not follow."""
    video = part_of(sample, names.video, "video")
    known = {video.clock, names.video, names.audio} - {""}
    for name, part in sample.parts.items():
        ours = part.clock in known
        if name in (names.audio, names.events) and part.clock and not ours:
            raise DataError(say("The parts are not on one clock: {clocks}",
                                clocks=", ".join(sorted({names.video, part.clock}))), where=sample.id)  # fmt: skip
        follows = name in (names.video, names.audio, names.events, names.text)
        if ours and not follows and (part.clock != name or part.span is not None):
            raise DataError(say("Part {part} is on the clock of {video} and would not follow: leave it out before",
                                part=name, video=names.video), where=sample.id)  # fmt: skip
        if name in (names.video, names.audio) and part.span is not None:
            raise DataError(say("Part {part} is a piece of something longer, so that its times cannot be told",
                                part=name), where=sample.id)  # fmt: skip


def followed(sample: Sample, names: Names, change: Change) -> dict[str, Part | None]:
    """Return sound, events and text after the change; None for a text that is no longer wholly inside. DataError."""
    made: dict[str, Part | None] = {}
    if names.audio in sample.parts:
        made[names.audio] = _sound(sample, names.audio, change)
    if names.events in sample.parts:
        made[names.events] = _events(part_of(sample, names.events, "table"), change)
    text = sample.parts.get(names.text)
    clocks = {sample.parts[names.video].clock, names.video, names.audio} - {""}
    if text is not None and text.span is not None and text.clock in clocks:
        first, last = text.span
        inside = change.start <= first + 1e-6 and last <= change.end + 1e-6
        made[names.text] = replace(text, span=(change.moved(first), change.moved(last))) if inside else None
    return made


def _sound(sample: Sample, name: str, change: Change) -> Part:
    import soxr

    part = part_of(sample, name, "audio")
    wave, rate = wave_of(sample, name)
    cut = wave[change.of(wave.size, rate)]
    if change.speed != 1.0 and cut.size:
        cut = np.asarray(soxr.resample(cut, rate * change.speed, rate, quality="HQ"), dtype=np.float32)
        cut = np.clip(cut, -1.0, 1.0)
    return part if cut.size == wave.size and change.speed == 1.0 else replace(part, data=encode_wave(cut, rate))


def _events(part: Part, change: Change) -> Part:
    held = decode_table(part)
    inside = next((name for name in LISTS if name in held), "") if isinstance(held, dict) else ""
    rows = held[inside] if inside else held
    if not isinstance(rows, list):
        return part
    found = [moved for row in rows if (moved := _row(row, change)) is not None]
    return part if found == rows else replace(part, data=encode_table({**held, inside: found} if inside else found))


def _row(row: Any, change: Change) -> Any:
    """Return a row after the change, cut where it reaches out of the window; None where nothing of it is inside."""
    if not isinstance(row, Mapping):
        return row
    span = row.get("span")
    spanned = isinstance(span, list) and len(span) == 2 and all(map(_is_time, span))
    moment = next((name for name in MOMENTS if _is_time(row.get(name))), "")
    if not spanned and not moment:
        return row
    first = float(span[0]) if spanned and span else float(row[moment])
    last = float(span[1]) if spanned and span else _last(row, first)
    if last < change.start or first >= change.end or (first == last and first < change.start):
        return None
    first, last = max(first, change.start), min(last, change.end)
    start, end = round(change.moved(first), 6), round(change.moved(last), 6)
    made = {**row, **({"span": [start, end]} if spanned else {})}
    made |= {name: start for name in MOMENTS if _is_time(row.get(name))}
    made |= {name: end for name in ENDS if _is_time(row.get(name))}
    return made | {name: round(end - start, 6) for name in LENGTHS if _is_time(row.get(name))}


def _last(row: Mapping[str, Any], first: float) -> float:
    end = next((float(row[name]) for name in ENDS if _is_time(row.get(name))), first)
    lasts = next((float(row[name]) for name in LENGTHS if _is_time(row.get(name))), 0.0)
    return max(first, end, first + lasts)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
