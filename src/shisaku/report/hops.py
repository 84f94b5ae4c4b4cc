"""How good the samples still are after each hop of the chain that made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from shisaku.report.chains import Chain
from shisaku.report.chart import FAINT, PALETTE, Chart, draw, values
from shisaku.report.record import Record, Row
from shisaku.report.translate import Language
from shisaku.report.words import _, same


@dataclass(frozen=True, slots=True)
class Hop:
    """One measuring step over the samples of one stream: how many, and the spread of the score (0 to 1)."""

    step: str
    metric: str
    stream: str
    depth: int
    n: int
    low: float
    middle: float
    high: float
    issues: int | None


@dataclass(frozen=True, slots=True)
class Generation:
    """Samples that one step made at one distance from real data."""

    step: str
    op: str
    depth: int
    n: int
    parents: int


def hops(record: Record) -> list[Hop]:
    """Return each measuring step's spread by the stream it measured, what is nearest to the real data first."""
    made = {str(r["child"]): str(r["step"]) for r in record.tables["lineage"]}
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in record.tables["scores"]:
        stream = _measured(record, str(row["step"]), made.get(str(row["sample"]), ""))
        groups.setdefault((str(row["step"]), str(row["metric"]), stream), []).append(row)
    found = [_hop(record, *key, rows) for key, rows in groups.items()]
    return sorted(found, key=lambda hop: (record.graph.depth(hop.step), hop.step, hop.depth, hop.stream))


def _measured(record: Record, step: str, made_by: str) -> str:
    """Of several streams that a step measured, a sample belongs to the one that made it, a real one to a selection."""
    streams = [_origin(record, source) for source in record.graph.sources(step)]
    if len(streams) == 1:
        return streams[0]
    selections = [s for s in streams if s not in record.graph.nodes]
    return made_by or next(iter(selections), "")


def _origin(record: Record, stream: str) -> str:
    while record.is_view(stream) and record.graph.sources(stream):
        stream = record.graph.sources(stream)[0]
    return stream


def _hop(record: Record, step: str, metric: str, stream: str, rows: Sequence[Row]) -> Hop:
    low, middle, high = np.quantile([float(r["value"]) for r in rows], [0.1, 0.5, 0.9])
    flags = [bool(r["issue"]) for r in rows if r.get("issue") is not None]
    issues = sum(flags) if flags else None
    return Hop(
        step, metric, stream, record.graph.depth(stream), len(rows), float(low), float(middle), float(high), issues
    )


def hop_charts(found: Sequence[Hop], chains: Sequence[Chain]) -> list[Chart]:
    """Return one chart per chain, and one per measuring step that saw samples of more than one stream."""
    caption = _("Line: 10 % to 90 % of the samples; point: median. 1 is best.")
    charts = []
    for place, chain in enumerate(chains):
        rows = sorted((h for h in found if h.stream in chain.streams), key=lambda h: chain.streams.index(h.stream))
        if rows:
            charts.append(draw(f"chain-{place}", same(" → ".join(chain.streams)), caption, partial(_strip, rows, True)))
    for place, step in enumerate(dict.fromkeys(h.step for h in found)):
        rows = [h for h in found if h.step == step]
        if len(rows) > 1:
            title = same(f"{step} ({rows[0].metric})")
            charts.append(draw(f"hops-{place}", title, caption, partial(_strip, rows, False)))
    return charts


def _strip(rows: Sequence[Hop], name_step: bool, lang: Language) -> Any:
    import altair as alt

    data = [_mark(h, name_step) for h in rows]
    title = _("Score (1 is best)").say(lang)
    x = alt.X("low:Q", scale=alt.Scale(domain=[0, 1]), title=title, axis=alt.Axis(tickCount=5, format=".1f"))
    y = alt.Y("hop:N", sort=[str(d["hop"]) for d in data], title=None, axis=alt.Axis(domain=False, ticks=False))
    base = alt.Chart(values(data))
    spread = base.mark_rule(strokeWidth=3, color=FAINT).encode(x=x, x2="high:Q", y=y)
    dots = base.mark_point(size=90, filled=True, opacity=1, color=PALETTE[0]).encode(x="mid:Q", y=y, tooltip="text:N")
    return alt.layer(spread, dots).properties(height=alt.Step(30))


def _mark(hop: Hop, name_step: bool) -> dict[str, Any]:
    name = f"{hop.stream}: {hop.step}" if name_step else hop.stream
    text = f"{hop.low:.2f} – {hop.middle:.2f} – {hop.high:.2f}"
    return {"hop": f"{name} (n = {hop.n})", "low": hop.low, "mid": hop.middle, "high": hop.high, "text": text}


def generations(record: Record) -> list[Generation]:
    """Return how many samples each step made at each distance from real data, and from how many others."""
    children: dict[tuple[int, str, str], set[str]] = {}
    parents: dict[tuple[int, str, str], set[str]] = {}
    for row in record.tables["lineage"]:
        key = (int(row["depth"]), str(row["step"]), str(row["op"]))
        children.setdefault(key, set()).add(str(row["child"]))
        parents.setdefault(key, set()).add(str(row["parent"]))
    return [Generation(k[1], k[2], k[0], len(children[k]), len(parents[k])) for k in sorted(children)]
