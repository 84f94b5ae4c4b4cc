"""What was measured on which samples: the spread of every score, stream by stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from shisaku.report.descent import Descent
from shisaku.report.record import Record, Row
from shisaku.report.sampled import measured_in_part
from shisaku.report.words import Words


@dataclass(frozen=True, slots=True)
class Hop:
    """One measuring step over the samples of one stream: how many, and the spread of the score (0 to 1).

    `part` says so where the step was asked of a part of the samples only.
    """

    step: str
    metric: str
    stream: str
    depth: int
    n: int
    low: float
    middle: float
    high: float
    issues: int | None
    part: Words | None = None


Key = tuple[str, str, str]  # measuring step, metric, stream measured


@dataclass(frozen=True, slots=True)
class Measures:
    """The scores of a run by measuring step, metric and stream measured, and the spread of each (`hops`)."""

    record: Record
    descent: Descent
    groups: Mapping[Key, Sequence[Row]]
    parts: Mapping[str, Words]
    hops: Sequence[Hop]

    @classmethod
    def of(cls, record: Record, descent: Descent) -> Measures:
        """Read the scores; what is nearest to the real data comes first."""
        groups: dict[Key, list[Row]] = {}
        for row in record.tables["scores"]:
            stream = _measured(record, descent, str(row["step"]), str(row["sample"]))
            groups.setdefault((str(row["step"]), str(row["metric"]), stream), []).append(row)
        parts = measured_in_part(record)
        found = [_hop(record, key, rows, parts.get(key[0])) for key, rows in groups.items()]
        found.sort(key=lambda hop: (record.graph.depth(hop.step), hop.step, hop.depth, hop.stream))
        return cls(record, descent, groups, parts, found)

    def at(self, stream: str) -> list[Hop]:
        """Return what was measured on a stream; on one that a keep-rule left also what the rule went by."""
        own = [found for found in self.hops if found.stream == stream]
        return own + self._kept(stream) if self.record.graph.kept(stream) else own

    def of_samples(self, ids: Set[str]) -> dict[tuple[str, str], list[tuple[str, float]]]:
        """Return (sample, stream measured) -> measuring steps and scores, of these samples."""
        found: dict[tuple[str, str], list[tuple[str, float]]] = {}
        for (step, _metric, stream), rows in self.groups.items():
            for row in rows:
                if row["sample"] in ids:
                    found.setdefault((str(row["sample"]), stream), []).append((step, float(row["value"])))
        return found

    def _kept(self, stream: str) -> list[Hop]:
        gone = {str(row["sample"]) for row in self.record.tables["drops"] if row["step"] == stream}
        rules = self.record.graph.rules(stream)
        found = []
        for (step, metric, _measured), rows in self.groups.items():
            left = [r for r in rows if r["sample"] not in gone and self.descent.holds(stream, str(r["sample"]))]
            if step in rules and left:
                found.append(_hop(self.record, (step, metric, stream), left, self.parts.get(step)))
        return found


def _hop(record: Record, key: Key, rows: Sequence[Row], part: Words | None) -> Hop:
    step, metric, stream = key
    low, middle, high = (float(q) for q in np.quantile([float(r["value"]) for r in rows], [0.1, 0.5, 0.9]))
    flags = [bool(r["issue"]) for r in rows if r.get("issue") is not None]
    issues = sum(flags) if flags else None
    return Hop(step, metric, stream, record.graph.depth(stream), len(rows), low, middle, high, issues, part)


def _measured(record: Record, descent: Descent, step: str, sample: str) -> str:
    """Of several streams that a step measured, return the first that can hold the sample."""
    streams = [origin(record, source) for source in record.graph.sources(step)]
    if len(streams) == 1:
        return streams[0]
    return next((stream for stream in streams if descent.holds(stream, sample)), descent.maker.get(sample, ""))


def origin(record: Record, stream: str) -> str:
    """Return the stream that a study's view of it was made from."""
    while record.is_view(stream) and record.graph.sources(stream):
        stream = record.graph.sources(stream)[0]
    return stream
