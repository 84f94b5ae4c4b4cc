"""From which ratio of made to real items on more of them is no longer shown to help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.stats.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a curve of effects over ratios stops being shown above 0.

    `last` is the largest ratio that is shown to help, None if none is; `stops` the next one that was measured, from
    which on none is shown to help: None if the largest one still is, the smallest ratio if none ever is. `gaps` are
    ratios below `last` at which no help is shown. Not shown to help is not the same as shown not to help.
    """

    last: float | None
    stops: float | None
    gaps: tuple[float, ...]


def crossing(points: Sequence[tuple[float, Estimate]], level: float) -> Crossing:
    """Return where the lower bound with one-sided error `level` is above 0 for the last time.

    `points` are (ratio, effect against no made items) in any order. Every bound stands at `level`: for a claim over all
    ratios together the caller divides it by their number. Raises ValueError for no points, or a ratio twice.
    """
    ordered = sorted(points, key=lambda point: point[0])
    ratios = [ratio for ratio, _ in ordered]
    if not ratios or len(set(ratios)) < len(ratios):
        raise ValueError(f"needs different ratios, at least one, got {ratios}")
    helps = [estimate.p_above(0.0) < level for _, estimate in ordered]
    if not any(helps):
        return Crossing(None, ratios[0], ())
    last = max(place for place, found in enumerate(helps) if found)
    gaps = tuple(ratio for ratio, found in zip(ratios[:last], helps[:last], strict=True) if not found)
    return Crossing(ratios[last], ratios[last + 1] if last + 1 < len(ratios) else None, gaps)
