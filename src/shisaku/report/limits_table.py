"""What was measured of an op with planted faults, as a table of a manual."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Limits = Mapping[str, Sequence[Mapping[str, Any]]]
Column = Callable[[Mapping[str, Any]], str]
NO_THRESHOLD = "no threshold"


def limits_in(file: Path) -> Limits:
    """Return what was measured of each op, nothing where the file is not there."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    if file.is_file():
        for one in json.loads(file.read_text("utf-8")):
            found.setdefault(one["detector"], []).append(one)
    return found


def table(measured: Sequence[Mapping[str, Any]], columns: Mapping[str, Column]) -> str:
    """Return a row for each fault, empty where there is none."""
    if not measured:
        return ""
    head = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    return "\n".join([*head, *(f"| {' | '.join(cell(one) for cell in columns.values())} |" for one in measured)])


def _there(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the row at the limit, or the strongest where there is none."""
    rows: Sequence[Mapping[str, Any]] = one["rows"]
    return next((row for row in rows if row["strength"] == one["limit"]), rows[-1])


def _limit(one: Mapping[str, Any]) -> str:
    strength = f"{_there(one)['strength']:g} {one['unit']}"
    return strength if one["limit"] is not None else f"none (strongest: {strength})"


def _share(held: Sequence[float] | None) -> str:
    if held is None:
        return NO_THRESHOLD
    share, low, high = held
    return f"{share:.1%} ({low:.1%} to {high:.1%})"


def _area(one: Mapping[str, Any]) -> str:
    held = _there(one).get("auroc")
    return f"{held[0]:.3f} ({held[1]:.3f} to {held[2]:.3f})" if held else ""


def _every(one: Mapping[str, Any]) -> str:
    """Return each strength with its recall, and where there is one, the area under the ROC curve in brackets."""
    return "; ".join(filter(None, map(_at, one["rows"])))


def _at(row: Mapping[str, Any]) -> str:
    recall = f"{row['recall'][0]:.0%}" if row["recall"] else ""
    area = f"({row['auroc'][0]:.2f})" if row.get("auroc") else ""
    return f"{row['strength']:g}: {' '.join(filter(None, [recall, area]))}"


FOUND: Mapping[str, Column] = {
    "planted": lambda one: str(one["fault"]),
    "into": lambda one: str(one["source"]),
    "n": lambda one: str(one["n"]),
    "limit": _limit,
    "recall there": lambda one: _share(_there(one)["recall"]),
    "false alarms": lambda one: _share(one["false_alarms"]),
}
JUDGED: Mapping[str, Column] = {**FOUND, "AUROC there": _area, "recall (AUROC) at each strength": _every}
