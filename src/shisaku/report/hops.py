"""How good the samples still are after each hop of the chain that made them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from shisaku.report.chart import FAINT, PALETTE, Chart, draw, values
from shisaku.report.record import Record, Row
from shisaku.report.translate import Language
from shisaku.report.words import Words, _, same


@dataclass(frozen=True, slots=True)
class Hop:
    """One metric over the samples that one step made: how many, and the spread of the score (0 to 1)."""

    metric: str
    made_by: str
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
    """Return each metric's spread by the step that made the samples, real samples (depth 0) first."""
    made = {str(r["child"]): (int(r["depth"]), str(r["step"])) for r in record.tables["lineage"]}
    groups: dict[tuple[str, int, str], list[Row]] = {}
    for row in record.tables["scores"]:
        depth, step = made.get(str(row["sample"]), (0, ""))
        groups.setdefault((str(row["metric"]), depth, step), []).append(row)
    return [_hop(key, rows) for key, rows in sorted(groups.items())]


def _hop(key: tuple[str, int, str], rows: Sequence[Row]) -> Hop:
    metric, depth, step = key
    low, middle, high = np.quantile([float(r["value"]) for r in rows], [0.1, 0.5, 0.9])
    flags = [r["issue"] for r in rows if r.get("issue") is not None]
    return Hop(metric, step, depth, len(rows), float(low), float(middle), float(high), sum(flags) if flags else None)


def hop_charts(found: Sequence[Hop]) -> list[Chart]:
    """Return one chart per metric that saw samples of more than one hop."""
    charts = []
    for place, metric in enumerate(dict.fromkeys(h.metric for h in found)):
        rows = [h for h in found if h.metric == metric]
        if len(rows) > 1:
            caption = _("Line: 10 % to 90 % of the samples; point: median. 1 is best.")
            charts.append(draw(f"hops-{place}", same(metric), caption, partial(_strip, rows)))
    return charts


def hop_name(hop: Hop) -> Words:
    """Return the step that made the samples, or that they are real."""
    if not hop.made_by:
        return _("real (n = {n})", n=hop.n)
    return _("{depth}. {step} (n = {n})", depth=hop.depth, step=hop.made_by, n=hop.n)


def _strip(rows: Sequence[Hop], lang: Language) -> Any:
    import altair as alt

    data = [
        {
            "hop": hop_name(h).say(lang),
            "low": h.low,
            "mid": h.middle,
            "high": h.high,
            "text": f"{h.low:.2f} – {h.middle:.2f} – {h.high:.2f}",
        }
        for h in rows
    ]
    title = _("Score (1 is best)").say(lang)
    scale = alt.Scale(domain=[0, 1])
    y = alt.Y("hop:N", sort=[str(d["hop"]) for d in data], title=None, axis=alt.Axis(domain=False, ticks=False))
    base = alt.Chart(values(data))
    spread = base.mark_rule(strokeWidth=3, color=FAINT).encode(
        x=alt.X("low:Q", scale=scale, title=title, axis=alt.Axis(tickCount=5, format=".1f")), x2="high:Q", y=y
    )
    dots = base.mark_point(size=90, filled=True, opacity=1, color=PALETTE[0]).encode(
        x=alt.X("mid:Q", scale=scale, title=title), y=y, tooltip="text:N"
    )
    return alt.layer(spread, dots).properties(height=alt.Step(30))


def generations(record: Record) -> list[Generation]:
    """Return how many samples each step made at each distance from real data, and from how many parents."""
    children: dict[tuple[int, str, str], set[str]] = {}
    parents: dict[tuple[int, str, str], Counter[str]] = {}
    for row in record.tables["lineage"]:
        key = (int(row["depth"]), str(row["step"]), str(row["op"]))
        children.setdefault(key, set()).add(str(row["child"]))
        parents.setdefault(key, Counter())[str(row["parent"])] += 1
    return [
        Generation(step, op, depth, len(children[key]), len(parents[key]))
        for key in sorted(children)
        for depth, step, op in [key]
    ]
