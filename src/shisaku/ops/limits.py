"""Limits of parameters: what is out of range is refused when the op is built, with the range and the value."""

from __future__ import annotations

from collections.abc import Sequence


def within(name: str, value: float, low: float, high: float) -> None:
    """Raise ValueError unless low <= value <= high (which also refuses NaN)."""
    if not low <= value <= high:
        raise ValueError(f"{name} must be in [{low:g}, {high:g}], got {value}")


def ordered(low_name: str, low: float, high_name: str, high: float) -> None:
    """Raise ValueError unless low <= high."""
    if not low <= high:
        raise ValueError(f"{low_name} must not be above {high_name}, got {low} > {high}")


def one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    """Raise ValueError unless the value is one of those allowed."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")


def part_names(**names: str) -> None:
    """Raise ValueError for a part name that is empty."""
    for field, name in names.items():
        if not name:
            raise ValueError(f"{field} must name a part, got an empty name")
