"""The chains of a run: what each hop lost, in numbers, words and pictures, and some samples on their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shisaku.report.chart import Chart
from shisaku.report.descent import Descent
from shisaku.report.drift import Leg, drift, told
from shisaku.report.losses import loss_chart, score_chart
from shisaku.report.measures import Measures
from shisaku.report.paths import paths
from shisaku.report.record import Record
from shisaku.report.walk import Link, Walk
from shisaku.report.words import Words

if TYPE_CHECKING:
    from shisaku.core.dataset import Dataset

BUDGET = 3_000_000  # characters of data URIs that chains may add to the page


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain's hops with what they lost, in numbers, words and pictures, and some samples as they went through it."""

    legs: Sequence[Leg]
    told: Sequence[Words]
    charts: Sequence[Chart]
    rows: Sequence[Sequence[Link]]

    @property
    def streams(self) -> tuple[str, ...]:
        """The names of its streams, in order."""
        return tuple(leg.stream for leg in self.legs)

    @property
    def speaks(self) -> bool:
        """Whether a sound is among the samples shown."""
        return any(link.added.sounds for row in self.rows for link in row)


def chains(record: Record, descent: Descent, measures: Measures, opened: Mapping[str, Dataset]) -> list[Chain]:
    """Return every chain of two or more steps; without samples where its streams cannot be read any more."""
    found, left = [], BUDGET
    for place, path in enumerate(paths(record, descent, opened)):
        legs = drift(record, descent, measures, path)
        charts = [loss_chart(f"left-{place}", legs), score_chart(f"drift-{place}", legs)]
        readable = set(path) <= set(opened)
        rows = Walk(record, descent, measures, opened, path).rows() if readable else []
        left -= sum(link.added.size for row in rows for link in row)
        found.append(Chain(legs, told(legs), charts, rows if left > 0 else []))
    return found
