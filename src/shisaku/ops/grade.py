"""From a measured figure to a score in [0, 1] that is 0.5 where a threshold lies."""

from __future__ import annotations


def higher_is_better(raw: float, threshold: float) -> float:
    """Return 0 at nothing, 0.5 at the threshold, 1 from twice the threshold on."""
    return _unit(0.5 * raw / threshold) if threshold else float(raw > 0)


def lower_is_better(raw: float, threshold: float) -> float:
    """Return 1 at nothing, 0.5 at the threshold, 0 from twice the threshold on."""
    return 1.0 - higher_is_better(raw, threshold)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
