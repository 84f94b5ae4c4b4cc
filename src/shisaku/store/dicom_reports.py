"""The text of a DICOM structured report (PS3.3 C.17.3). Runs inside a sandbox worker: the file may be hostile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

DEEPEST, MOST = 20, 5_000
CHARACTERS = 200_000


def report_text(header: Any) -> str:
    """Return the items of a report in their order, one a line, as ``heading: text``.

    Names of persons, dates and references are left out: what they say is who and when, not what was seen.
    """
    lines: list[str] = []
    for depth, item in _items(header, 0):
        heading, said = _heading(item), _said(item)
        if heading or said:
            lines.append("  " * depth + (f"{heading}: {said}" if heading and said else heading or said))
        if len(lines) >= MOST:
            break
    return "\n".join(lines)[:CHARACTERS]


def _items(item: Any, depth: int) -> Iterator[tuple[int, Any]]:
    for inner in item.get("ContentSequence") or ():
        if str(inner.get("ValueType")) in ("TEXT", "CODE", "NUM", "CONTAINER"):
            yield depth, inner
            if depth < DEEPEST:
                yield from _items(inner, depth + 1)


def _heading(item: Any) -> str:
    return _meaning(item.get("ConceptNameCodeSequence"))


def _said(item: Any) -> str:
    kind = str(item.get("ValueType"))
    if kind == "TEXT":
        return str(item.get("TextValue") or "").replace("\r\n", "\n").strip()
    if kind == "CODE":
        return _meaning(item.get("ConceptCodeSequence"))
    if kind == "NUM":
        for measured in item.get("MeasuredValueSequence") or ():
            unit = _meaning(measured.get("MeasurementUnitsCodeSequence"))
            return f"{measured.get('NumericValue')} {unit}".strip()
    return ""


def _meaning(codes: Any) -> str:
    for code in codes or ():
        return str(code.get("CodeMeaning") or "").strip()
    return ""
