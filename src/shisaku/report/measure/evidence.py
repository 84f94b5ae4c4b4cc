"""What the page needs of a run's evidence, read once: bundles, drift, and what the judges said sample by sample."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shisaku.judging.bundle import DRIFT, FILE, FOLDER, Tables
from shisaku.judging.meter import first_parents
from shisaku.report.flow import drop_words
from shisaku.report.words import Words, same, words

if TYPE_CHECKING:
    from shisaku.store.run import Run

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The `run` that was measured, its batches by name with their bundles (None: not measured), and its drift.

    `tables` are what the judges said, `parents` the sample that each made one came from, `drops` who left, by step and
    sample.
    """

    run: Run
    bundles: Mapping[str, Row | None]
    chains: Sequence[Row]
    tables: Tables
    parents: Mapping[str, str]
    drops: Mapping[tuple[str, str], Row]

    @classmethod
    def of(cls, run: Run, cooked: Run) -> Evidence:
        """Read the evidence of `run`; `cooked` is the run of the judges, which is `run` itself for data of a user's."""
        folder = run.path / FOLDER
        files = {name: folder / name / FILE for name in run.read_json("run").get("batches", {})}
        bundles = {name: json.loads(file.read_bytes()) if file.is_file() else None for name, file in files.items()}
        drift = folder / DRIFT
        return cls(
            run,
            bundles,
            json.loads(drift.read_bytes())["chains"] if drift.is_file() else (),
            Tables.of(cooked.read_rows("scores"), ()),
            first_parents(cooked.read_rows("lineage")),
            {(str(row["step"]), str(row["sample"])): row for row in cooked.read_rows("drops")},
        )

    def measured(self) -> dict[str, Row]:
        """Return the bundles of the batches that were measured."""
        return {name: one for name, one in self.bundles.items() if one is not None}

    def size(self, streams: Sequence[str]) -> int:
        """Return how many samples these streams hold."""
        there = self.run.streams()
        return sum(int(there.get(name, {}).get("n", 0)) for name in streams)

    def root(self, sample: str) -> str:
        """Return the first ancestor of a sample, itself where it has none."""
        while sample in self.parents:
            sample = self.parents[sample]
        return sample

    def score(self, step: str, sample: str) -> float | None:
        """Return what a step scored a sample with."""
        row = self.tables.scores.get(step, {}).get(sample)
        return None if row is None else float(row["value"])

    def reason(self, step: str, sample: str) -> Words | None:
        """Return why a step called a sample an issue; None where it did not, or did not say."""
        row = self.tables.scores.get(step, {}).get(sample)
        if row is None or not row["issue"] or not row["reason_json"]:
            return None
        return words(json.loads(row["reason_json"]))

    def drop(self, row: Row) -> Words:
        """Return the reason of one row of a bundle's drops, by the example it names."""
        found = self.drops.get((str(row["step"]), str(row["sample"])))
        return same(row["reason"]) if found is None else drop_words(found)
