"""In which round and with which prompt a sample was made, as its own facts tell."""

from __future__ import annotations

import json
from typing import Final

from shisaku.core.sample import Sample
from shisaku.ops.prompt import SLOT
from shisaku.store.marks import MADE_BY

UNKNOWN: Final = -1


def round_of(sample: Sample, fact: str = MADE_BY) -> int:
    """Return the round that a fact tells: a whole number, or the trace ``made_by``; -1 where nothing does."""
    held = sample.facts.get(fact, "")
    if held.isdecimal():
        return int(held)
    try:
        told = json.loads(held)
    except ValueError:
        return UNKNOWN
    found = told.get("round") if isinstance(told, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else UNKNOWN


def slots_in(sample: Sample) -> list[str]:
    """Return what a sample's prompt was filled with, as ``slot=value``, in the order of the names."""
    return [f"{name[len(SLOT) :]}={value}" for name, value in sorted(sample.facts.items()) if name.startswith(SLOT)]
