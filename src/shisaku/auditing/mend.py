"""What an audit would change: who leaves and why, and which labels it proposes. Nothing is ever changed in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shisaku.auditing.detector import Detector
from shisaku.auditing.found import Found
from shisaku.core.drop import Drop
from shisaku.message import Message, say

SUGGESTED = "suggested"
Columns = dict[str, dict[str, "float | str | bool"]]


@dataclass(frozen=True, slots=True)
class Mend:
    """Drops with their reasons, and the column of proposed labels by label detector (`<detector>_suggested`)."""

    drops: tuple[Drop, ...]
    proposals: Mapping[str, Mapping[str, str]]

    @property
    def message(self) -> Message:
        """The line for the dataset's log."""
        proposed = sum(map(len, self.proposals.values()))
        return say("Mended after an audit: {n} dropped, {m} labels proposed", n=len(self.drops), m=proposed)


def mend_of(found: Found, known: Iterable[Detector], ops: Mapping[str, str]) -> Mend:
    """Return what the detectors' `fix` asks for; `ops` names the op of each step. A sample leaves once.

    A step's detector is the one of its name, or the one whose name it begins with.
    """
    fixes = {one.name: one.fix for one in known if one.fix}
    drops: dict[str, Drop] = {}
    proposals: dict[str, dict[str, str]] = {}
    for step, issues in found.issues.items():
        fix = next((how for name, how in fixes.items() if step == name or step.startswith(f"{name}_")), "")
        for issue in issues:
            if fix == "drop":
                drops.setdefault(issue.sample, Drop(issue.sample, step, ops.get(step, step), issue.reason, issue.score))
            if fix == "propose" and isinstance(issue.reason.values.get(SUGGESTED), str):
                column = f"{column_name(step)}_{SUGGESTED}"
                proposals.setdefault(column, {})[issue.sample] = str(issue.reason.values[SUGGESTED])
    return Mend(tuple(drops[id_] for id_ in sorted(drops)), proposals)


def score_columns(found: Found, scores: Iterable[Mapping[str, object]]) -> Columns:
    """Return ``<detector>_score`` and ``is_<detector>_issue`` of the rows of a run's scores, by sample id."""
    columns: Columns = {}
    known = {row["sample"] for row in found.rows}
    for row in scores:
        if row["sample"] not in known:
            continue
        step, sample = column_name(str(row["step"])), str(row["sample"])
        columns.setdefault(f"{step}_score", {})[sample] = float(str(row["value"]))
        columns.setdefault(f"is_{step}_issue", {})[sample] = bool(row["issue"])
    return columns


def column_name(step: str) -> str:
    """Return a step's name with letters, digits and ``_`` alone, as a column must have."""
    return "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in step)
