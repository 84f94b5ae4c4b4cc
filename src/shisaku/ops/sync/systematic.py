"""What the offsets of single recordings say about all of them: one median with its interval."""

from __future__ import annotations

from collections.abc import Mapping

from shisaku.core.finding import Finding, Weight
from shisaku.message import Message, say
from shisaku.stats.median import median_interval

EXAMPLES = 10
FEW = 6  # below this no interval of a median reaches 95 %


def systematic(
    name: str, offsets: Mapping[str, float], of: int, first: Message, limits: tuple[float, float], resolution: float
) -> list[Finding]:
    """Return the Finding of the median of `offsets` (ms by sample), of `of` samples that were looked at.

    `first` says what a positive offset means. It is ``bad`` where the whole interval lies outside `limits` (ms), a
    warning where it leaves out everything up to `resolution` ms around 0, else a note.
    """
    if len(offsets) < FEW:
        return []
    median, low, high = median_interval(list(offsets.values()))
    nearest = low if low > 0 else -high if high < 0 else 0.0
    weight: Weight = "warn" if nearest > resolution else "note"
    if low > limits[1] or high < limits[0]:
        weight = "bad"
    what = say(
        "Median offset {median:+.0f} ms (95 % interval {low:+.0f} to {high:+.0f} ms; {first}) over the {n} of {of} "
        "samples that can be told",
        median=median,
        low=low,
        high=high,
        first=first,
        n=len(offsets),
        of=of,
    )
    then = say("Shift one of the two by {shift:+.0f} ms in all samples, then look again", shift=-median)
    worst = sorted(offsets, key=lambda one: (-abs(offsets[one]), one))[:EXAMPLES]
    rows = tuple({"sample": one, "offset_ms": round(offsets[one], 1)} for one in sorted(offsets))
    return [
        Finding(
            name,
            what,
            weight,
            median,
            low,
            high,
            len(offsets),
            None if weight == "note" else then,
            () if weight == "note" else tuple(worst),
            rows,
        )
    ]


def untold(told: int, of: int, samples: tuple[str, ...], why: Message) -> list[Finding]:
    """Return the note that of some samples nothing can be told, which is not to say that they are in order."""
    if told == of:
        return []
    what = say("Of {n} of {of} samples it cannot be told whether they are in time: {why}", n=of - told, of=of, why=why)
    return [Finding("cannot_tell", what, "note", (of - told) / of, n=of, samples=samples[:EXAMPLES])]
