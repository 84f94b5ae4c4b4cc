"""How good the samples still are after each hop of the chain that made them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from shisaku.report.chart import Chart, draw
from shisaku.report.measures import Hop
from shisaku.report.record import Record
from shisaku.report.strip import Mark, strip
from shisaku.report.words import Words, _, same


@dataclass(frozen=True, slots=True)
class Generation:
    """Samples that one step made at one distance from real data."""

    step: str
    op: str
    depth: int
    n: int
    parents: int


def hop_charts(found: Sequence[Hop]) -> list[Chart]:
    """Return one chart per measuring step that saw samples of more than one stream."""
    charts = []
    for place, step in enumerate(dict.fromkeys(h.step for h in found)):
        rows = [h for h in found if h.step == step]
        if len(rows) > 1:
            title = same(f"{step} ({rows[0].metric})")
            marks = [mark(f"{h.stream} (n = {h.n})", h) for h in rows]
            charts.append(draw(f"hops-{place}", title, caption(rows), partial(strip, marks)))
    return charts


def caption(rows: Iterable[Hop]) -> Words:
    """Return how to read a chart of these, and which of them stand for a part of the samples only."""
    parts = {h.step: h.part for h in rows if h.part is not None}
    told = _("Line: 10 % to 90 % of the samples; point: median. 1 is best.")
    for step, part in parts.items():
        told = _("{said} {step}: {part}.", said=told, step=step, part=part)
    return told


def mark(name: str, hop: Hop) -> Mark:
    """Return the line of a chart that shows a hop."""
    text = f"{name}: {hop.low:.2f} – {hop.middle:.2f} – {hop.high:.2f}"
    return Mark(name, (hop.low, hop.middle, hop.high), text)


def generations(record: Record) -> list[Generation]:
    """Return how many samples each step made at each distance from real data, and from how many others."""
    children: dict[tuple[int, str, str], set[str]] = {}
    parents: dict[tuple[int, str, str], set[str]] = {}
    for row in record.tables["lineage"]:
        key = (int(row["depth"]), str(row["step"]), str(row["op"]))
        children.setdefault(key, set()).add(str(row["child"]))
        parents.setdefault(key, set()).add(str(row["parent"]))
    return [Generation(k[1], k[2], k[0], len(children[k]), len(parents[k])) for k in sorted(children)]
