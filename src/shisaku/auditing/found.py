"""What an audit found, read from its run: issues by detector, what is so of the whole, and what is worst."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shisaku.core.finding import WEIGHTS
from shisaku.message import Message, say
from shisaku.store.beside import AGAINST
from shisaku.store.roll import TABLE

if TYPE_CHECKING:
    from shisaku.store.run import Run

WORST = 10


@dataclass(frozen=True, slots=True)
class Issue:
    """One sample that one detector calls an issue; `score` in [0, 1], lower is worse."""

    detector: str
    sample: str
    file: str
    score: float
    raw: float
    reason: Message
    group: str

    def to_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints of it."""
        told = str(self.reason)
        return {"id": self.sample, "file": self.file, "score": self.score, "reason": told, "group": self.group}


@dataclass(frozen=True, slots=True)
class Found:
    """All that an audit found.

    `issues` by detector, worst first, empty where a detector looked and found nothing; `measured` counts the samples
    that each could look at, `of` all samples; `findings` are rows of ``findings.json``, `seconds` by detector.
    """

    of: int
    issues: Mapping[str, Sequence[Issue]]
    measured: Mapping[str, int]
    findings: Sequence[Mapping[str, Any]]
    seconds: Mapping[str, float]
    rows: Sequence[Mapping[str, Any]]

    @property
    def flagged(self) -> set[str]:
        """Ids of samples with an issue."""
        return {issue.sample for some in self.issues.values() for issue in some}

    def worst(self, n: int = WORST) -> list[tuple[str, Message, int]]:
        """Return (detector, what, how many samples) of the worst problems: bad findings first, then by share."""
        problems: list[tuple[int, float, str, Message, int]] = []
        for row in self.findings:
            rank = WEIGHTS.index(row["weight"])
            if rank < 2:
                n_samples = len(row["samples"])
                problems.append((rank, -n_samples, row["step"], Message.from_json(row["what"]), n_samples))
        for name, some in self.issues.items():
            if some:
                share = len(some) / max(1, self.measured.get(name, 1))
                what = say(
                    "{n} of {of} ({share:.1%}); worst: {sample}: {reason}",
                    n=len(some),
                    of=self.measured.get(name, 0),
                    share=share,
                    sample=some[0].sample,
                    reason=some[0].reason,
                )
                problems.append((1, -len(some), name, what, len(some)))
        problems.sort(key=lambda one: (one[0], one[1], one[2]))
        return [(name, what, count) for _, _, name, what, count in problems[:n]]


def found_in(run: Run) -> Found:
    """Read what the audit that wrote `run` found. Raises DataError if a table is missing or damaged."""
    roll = [row for row in run.read_rows(TABLE) if row["role"] != AGAINST]
    files = {row["sample"]: row["file"] for row in roll}
    issues: dict[str, list[Issue]] = {}
    measured: dict[str, int] = {}
    for row in run.read_rows("scores"):
        measured[row["step"]] = measured.get(row["step"], 0) + 1
        some = issues.setdefault(row["step"], [])
        if row["issue"]:
            some.append(
                Issue(
                    row["step"],
                    row["sample"],
                    files.get(row["sample"], ""),
                    row["value"],
                    row["raw"],
                    _reason(row),
                    row["group"],
                )
            )
    for some in issues.values():
        some.sort(key=lambda issue: (issue.score, issue.group, issue.sample))
    seconds = {row["step"]: row["seconds"] for row in run.read_rows("timings")}
    return Found(len(roll), issues, measured, run.read_json("findings"), seconds, roll)


def _reason(row: Mapping[str, Any]) -> Message:
    if row["reason_json"]:
        return Message.from_json(json.loads(row["reason_json"]))
    return say("{detector}: {raw:.3g}, score {score:.2f}", detector=row["metric"], raw=row["raw"], score=row["value"])
