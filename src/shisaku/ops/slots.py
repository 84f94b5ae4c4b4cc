"""Declared slots of a template: what may stand in each, and how often."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

Slot = dict[str, float]


def slots_of(declared: Mapping[str, Mapping[str, float] | Sequence[str]]) -> dict[str, Slot]:
    """Return each slot as value to share; a list means even shares. Raises ValueError that names the slot."""
    return {name: _slot(name, values) for name, values in sorted(declared.items())}


def drawn(slots: Mapping[str, Slot], rng: np.random.Generator) -> dict[str, str]:
    """Return a value for every slot, each drawn from its own distribution."""
    return {name: str(rng.choice(list(slot), p=list(slot.values()))) for name, slot in slots.items()}


def _slot(name: str, values: Mapping[str, float] | Sequence[str]) -> Slot:
    if not name.isidentifier():
        raise ValueError(f"slots must be named as a variable is, got {name!r}")
    if isinstance(values, str) or not values:
        raise ValueError(f"slots: {name} must have a list of values, or a mapping of value to weight, got {values!r}")
    weights = dict(values) if isinstance(values, Mapping) else dict.fromkeys(values, 1.0)
    good = all(isinstance(w, int | float) and math.isfinite(w) and w >= 0 for w in weights.values())
    if not good or sum(weights.values()) <= 0:
        raise ValueError(f"slots: the weights of {name} must be numbers of at least 0, not all 0, got {values!r}")
    total = sum(weights.values())
    return {str(value): weight / total for value, weight in weights.items()}
