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
    that each could look at, `given` those that it was given, `of` all samples; `findings` are rows of
    ``findings.json``, `seconds` of work by detector.
    """

    of: int
    issues: Mapping[str, Sequence[Issue]]
    measured: Mapping[str, int]
    findings: Sequence[Mapping[str, Any]]
    seconds: Mapping[str, float]
    given: Mapping[str, int]
    rows: Sequence[Mapping[str, Any]]

    @property
    def flagged(self) -> set[str]:
        """Ids of samples with an issue; one that every sample shares (no licence, say) singles out nobody."""
        telling = [some for name, some in self.issues.items() if len(some) < self.measured.get(name, 0)]
        return {issue.sample for some in telling for issue in some}

    def worst(self, n: int = WORST) -> list[tuple[str, Message]]:
        """Return (detector, what) of the worst problems, one per detector: bad findings first, then by samples."""
        problems: dict[str, tuple[int, int, Message]] = {}
        for row in self.findings:
            rank = WEIGHTS.index(row["weight"])
            if rank < WEIGHTS.index("note"):
                size = max(len(row["samples"]), len(self.issues.get(row["step"], ())))
                found = (rank, -size, Message.from_json(row["what"]))
                problems[row["step"]] = min(problems.get(row["step"], found), found, key=lambda one: one[:2])
        for name, some in self.issues.items():
            if some:
                problems.setdefault(name, (WEIGHTS.index("warn"), -len(some), self._counted(name, some)))
        ranked = sorted(problems, key=lambda name: (*problems[name][:2], name))
        return [(name, problems[name][2]) for name in ranked[:n]]

    def _counted(self, name: str, some: Sequence[Issue]) -> Message:
        measured = self.measured.get(name, 0)
        return say(
            "{n} of {of} ({share:.1%}); worst: {sample}: {reason}",
            n=len(some),
            of=measured,
            share=len(some) / max(1, measured),
            sample=some[0].sample,
            reason=some[0].reason,
        )


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
    timings = run.read_rows("timings")
    seconds = {row["step"]: row["seconds"] for row in timings}
    given = {row["step"]: row["items"] for row in timings}
    return Found(len(roll), issues, measured, run.read_json("findings"), seconds, given, roll)


def _reason(row: Mapping[str, Any]) -> Message:
    if row["reason_json"]:
        return Message.from_json(json.loads(row["reason_json"]))
    return say("{detector}: {raw:.3g}, score {score:.2f}", detector=row["metric"], raw=row["raw"], score=row["value"])
