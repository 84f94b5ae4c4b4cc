"""What an audit found, read from its run: issues by detector, what is so of the whole, and what is worst."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shisaku.core.finding import WEIGHTS
from shisaku.message import Message, say
from shisaku.store.beside import AGAINST
from shisaku.store.roll import TABLE

if TYPE_CHECKING:
    from shisaku.store.run import Run

WORST = 10
BINS = 20


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
    ``findings.json``, `seconds` of work by detector. `histograms` count scores in 20 bins from 0 to 1.
    """

    of: int
    issues: Mapping[str, Sequence[Issue]]
    measured: Mapping[str, int]
    findings: Sequence[Mapping[str, Any]]
    seconds: Mapping[str, float]
    given: Mapping[str, int]
    histograms: Mapping[str, Sequence[int]]
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
    steps, measured, histograms, flagged = _looked_over(run.read_table("scores"))
    issues: dict[str, list[Issue]] = {step: [] for step in steps}
    for row in flagged:
        name, sample = row["step"], row["sample"]
        file = files.get(sample, "")
        issues[name].append(Issue(name, sample, file, row["value"], row["raw"], _reason(row), row["group"]))
    for some in issues.values():
        some.sort(key=lambda issue: (issue.score, issue.group, issue.sample))
    timings = run.read_rows("timings")
    seconds = {row["step"]: row["seconds"] for row in timings}
    given = {row["step"]: row["items"] for row in timings}
    return Found(len(roll), issues, measured, run.read_json("findings"), seconds, given, histograms, roll)


def _looked_over(
    scores: Any,
) -> tuple[list[str], dict[str, int], dict[str, tuple[int, ...]], list[Mapping[str, Any]]]:
    """Return the steps, how many each scored, its histogram of scores, and the rows that are issues.

    A large audit has millions of rows; only those that are issues are looked at one by one.
    """
    if scores is None or not scores.num_rows:
        return [], {}, {}, []
    encoded = scores.column("step").combine_chunks().dictionary_encode()
    steps: list[str] = encoded.dictionary.to_pylist()
    of = encoded.indices.to_numpy()
    bins = np.minimum((scores.column("value").to_numpy() * BINS).astype(np.intp), BINS - 1)
    counts = np.bincount(of * BINS + bins, minlength=len(steps) * BINS).reshape(len(steps), BINS)
    measured = {name: int(n) for name, n in zip(steps, counts.sum(axis=1), strict=True)}
    histograms = {name: tuple(int(n) for n in row) for name, row in zip(steps, counts, strict=True)}
    return steps, measured, histograms, scores.filter(scores.column("issue")).to_pylist()


def _reason(row: Mapping[str, Any]) -> Message:
    if row["reason_json"]:
        return Message.from_json(json.loads(row["reason_json"]))
    return say("{detector}: {raw:.3g}, score {score:.2f}", detector=row["metric"], raw=row["raw"], score=row["value"])
