"""Plain values without what names a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shisaku.store.forget.targets import Targets

GONE = "[forgotten]"


def scrubbed(value: Any, targets: Targets, field: str = "") -> Any:
    """Return `value` without list items and keys that name a target; what names one elsewhere becomes a placeholder.

    An object in a list goes as a whole when one of its own texts names a target: it is a row about it.
    """
    if isinstance(value, str):
        return GONE if targets.in_value(value, field) else value
    if isinstance(value, Mapping):
        return {
            key: scrubbed(held, targets, str(key))
            for key, held in value.items()
            if not targets.in_value(str(key), "id" if isinstance(held, Mapping | list) else "")
        }
    if isinstance(value, list | tuple):
        return [scrubbed(one, targets, field) for one in value if not is_about(one, targets, field)]
    return value


def is_about(value: Any, targets: Targets, field: str = "") -> bool:
    """Say whether a list item is a row about a target, or names one itself."""
    if isinstance(value, str):
        return targets.in_value(value, field)
    if isinstance(value, Mapping):
        return any(isinstance(held, str) and targets.in_value(held, str(key)) for key, held in value.items())
    return False
