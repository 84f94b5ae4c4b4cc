"""The tables that cooking leaves in a Run: who came from whom, what left and why, how much of what took how long."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shisaku.core.drop import Drop
from shisaku.core.finding import Finding
from shisaku.core.op import Op
from shisaku.core.recipe import Step
from shisaku.core.score import Score
from shisaku.store.arrow import drop_row, score_row
from shisaku.store.run import Run

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """A made sample without its content: enough for lineage and for what comes next."""

    id: str
    parents: tuple[str, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Of how many samples a step was asked, and how many came in; fewer only where it has a `sample`."""

    samples: int
    of: int


@dataclass
class Ledger:
    """Rows in the order of cooking, which is that of the recipe and so the same in every run of it."""

    drops: list[Row] = field(default_factory=list)
    scores: list[Row] = field(default_factory=list)
    lineage: list[Row] = field(default_factory=list)
    counts: list[Row] = field(default_factory=list)
    timings: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)

    def count(self, step: str, op: str, source: str, kept: int, drops: Sequence[Drop], asked: Asked) -> None:
        """Note what left `step` and what it kept: together they are what it made of those it was asked of."""
        self.drops += [drop_row(drop) for drop in drops]
        dropped = len(drops)
        row = {"step": step, "op": op, "source": source, "made": kept + dropped, "kept": kept, "dropped": dropped}
        self.counts.append({**row, "asked": asked.samples, "of": asked.of})

    def score(self, step: str, scores: Sequence[Score]) -> None:
        """Note what a Metric said."""
        self.scores += [score_row(score, step) for score in scores]

    def find(self, step: str, op: str, findings: Sequence[Finding]) -> None:
        """Note what a Metric said of the whole."""
        self.findings += [{"step": step, "op": op, **finding.to_json()} for finding in findings]

    def descend(self, step: Step, op: Op, children: Sequence[Trace]) -> None:
        """Note the parents of each child, those from a pool included."""
        params = json.dumps(op.params(), ensure_ascii=False, sort_keys=True, default=str)
        self.lineage += [
            {"child": t.id, "parent": parent, "step": step.name, "op": op.name, "params": params, "depth": t.depth}
            for t in children
            for parent in t.parents
        ]

    def time(self, step: str, op: str, items: int, seconds: float, cached: int, audio_seconds: float | None) -> None:
        """Note the work in a step: seconds over all workers, also of items that an earlier run made.

        `audio_seconds` is the sound that those items hold, None if that is not known of all of them.
        """
        row = {"step": step, "op": op, "items": items, "seconds": seconds, "cached": cached}
        self.timings.append({**row, "audio_seconds": audio_seconds, "peak_rss_mb": peak_rss_mb()})

    def write(self, run: Run) -> None:
        """Replace the tables of `run`."""
        for table in ("drops", "scores", "lineage", "counts", "timings"):
            run.write_rows(table, getattr(self, table))
        run.write_json("findings", self.findings)


def peak_rss_mb() -> float:
    """Return the most memory this process has held so far, 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
