"""What a judge's own page says of its limits."""

from __future__ import annotations

import inspect

from shisaku.registry.doors import op_class

FINDS, HURTS = "What it finds:", "When it hurts:"
ENDS = (FINDS, HURTS, "Example", "\n\n")


def limits_of(op: str) -> dict[str, str]:
    """Return what an op's docstring says it finds, with its measured limit, and where it is blind or wrong."""
    doc = inspect.getdoc(op_class(op)) or ""
    return {"finds": _after(FINDS, doc), "hurts": _after(HURTS, doc)}


def _after(head: str, doc: str) -> str:
    _, found, rest = doc.partition(head)
    if not found:
        return ""
    end = min(place for place in (rest.find(mark) for mark in ENDS) if place >= 0) if _ends(rest) else len(rest)
    return " ".join(rest[:end].split())


def _ends(rest: str) -> bool:
    return any(mark in rest for mark in ENDS)
