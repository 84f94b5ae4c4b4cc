"""A plan that was written down, beside the plan made now: the same, or what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.errors import Problem
from shisaku.message import Message, say

HASH = "hash"
SHOWN = 12
# What a person changes, in the order in which it is said; all else in a plan follows from these.
GIVEN = ("data", "classes", "settings", "division")


def sealed(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the hash of all else that it says."""
    return {**document, HASH: _hash(document)}


def intact(document: Mapping[str, Any]) -> bool:
    """Return whether a document, and every plan in it, still has the hash of what it says."""
    plans = [one["plan"] for one in document.get("studies", ())]
    return all(one.get(HASH) == _hash(one) for one in (document, *plans))


def _hash(document: Mapping[str, Any]) -> str:
    return fingerprint({name: value for name, value in document.items() if name != HASH})


def differences(frozen: Mapping[str, Any], now: Mapping[str, Any]) -> list[Problem]:
    """Return what differs between a frozen plan of a study and the one made now, none where they are the same.

    Consequences (rows, ceilings) are named only where nothing differs that they follow from.
    """
    if frozen[HASH] == now[HASH]:
        return []
    found = [one for name in GIVEN for one in _differing(name, frozen.get(name), now.get(name))]
    if not found:
        rest = [name for name in sorted({*frozen, *now} - {*GIVEN, HASH}) if frozen.get(name) != now.get(name)]
        found = [(name, say("computed otherwise; was it another version?")) for name in rest]
    study = str(frozen.get("study", ""))
    return [Problem(0, f"{study}.{path.removeprefix('settings.')}", what) for path, what in found[:SHOWN]]


def _differing(path: str, old: Any, new: Any) -> Iterator[tuple[str, Message]]:
    old, new = _by_name(old), _by_name(new)
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys((*old, *new)):
            yield from _differing(f"{path}.{name}", old.get(name), new.get(name))
    elif path == "data":
        yield path, say("not the data of the plan: items, labels, groups, features or made items differ")
    elif path == "division":
        yield path, say("not the training and test items of the plan")
    else:
        yield path, say("planned {old}, now {new}", old=_short(old), new=_short(new))


def _by_name(value: Any) -> Any:
    """Turn a list of things with names into a mapping; what JSON turned into lists and what is not yet are the same."""
    if isinstance(value, tuple | list):
        items = list(value)
        if items and all(isinstance(one, Mapping) and "name" in one for one in items):
            return {str(one["name"]): one for one in items}
        return [_by_name(one) for one in items]
    return value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
