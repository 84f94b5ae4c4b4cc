"""How much data a size in words stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

SCALE = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
NUMBER = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)([kmbt])?(h)?\b(?!\.\d)\+?(?:\s*([a-z-]+))?", re.IGNORECASE)
HOURS = frozenset({"h", "hours", "kh", "video"})
# Numbers of such things say nothing about how many items there are.
OTHER = frozenset({"tokens", "text", "classes", "categories", "languages", "hz", "khz", "s", "m", "tb", "gb", "bands",
                   "speakers", "actors", "patients", "cities", "class", "tv", "sub-categories", "disciplines",
                   "cameras", "radars", "db"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """The largest count of items and of hours that a size names; None where it names none."""

    items: float | None = None
    hours: float | None = None


def amount_of(text: str) -> Amount:
    """Return the items and hours in a size such as ``12M pairs`` or ``~1000 h, 2,456 speakers``."""
    items: list[float] = []
    hours: list[float] = []
    # Brackets hold subsets and sources; they count only where nothing stands outside them.
    found = NUMBER.findall(re.sub(r"\([^()]*\)", "", text)) or NUMBER.findall(text)
    for digits, scale, hour, unit in found:
        unit = unit.lower()
        value = float(digits.replace(",", "")) * SCALE[scale.lower()]
        if hour or unit in HOURS:
            hours.append(value * (1000 if unit == "kh" else 1))
        elif unit not in OTHER:
            items.append(value)
    return Amount(max(items, default=None), max(hours, default=None))


def least(text: str) -> Amount:
    """Return what ``--min-size`` asks for: ``10000``, ``1M`` or ``100h``. Raises ValueError for anything else."""
    found = re.fullmatch(r"(\d[\d,]*(?:\.\d+)?)([kmbt]?)(h?)", text.strip(), re.IGNORECASE)
    if not found:
        raise ValueError(text)
    digits, scale, hour = found.groups()
    value = float(digits.replace(",", "")) * SCALE[scale.lower()]
    return Amount(hours=value) if hour else Amount(items=value)
