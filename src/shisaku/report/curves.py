"""How the score of each arm changes with the number of real items it had."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from functools import partial
from typing import Any

from shisaku.report.chart import DASHES, PALETTE, SHAPES, Chart, draw, values
from shisaku.report.numbers import POINTS
from shisaku.report.record import Row, StudyRecord
from shisaku.report.translate import Language
from shisaku.report.words import _

MOST_ARMS = len(PALETTE)


def curve_charts(study: StudyRecord, number: int) -> list[Chart]:
    """Return one chart per domain, where the study has more than one number of shots."""
    if len({r["shots"] for r in study.scores}) < 2:
        return []
    arms = shown_arms(study)
    charts = []
    for place, domain in enumerate(study.domains):
        rows = [r for r in study.scores if r["domain"] == domain and r["arm"] in arms]
        if rows:
            title = _("{domain}: score and number of real items", domain=domain)
            caption = _(
                "Mean over splits; the bar is one standard deviation between splits, not an interval that decides."
            )
            charts.append(draw(f"curve-{number}-{place}", title, caption, partial(_lines, rows, arms)))
    return charts


def shown_arms(study: StudyRecord) -> list[str]:
    """Return at most eight arms, those that are compared first; the table holds them all."""
    spec = study.spec
    wanted = [*spec.get("contrasts", []), *spec.get("comparators", []), *(r["arm"] for r in study.scores)]
    scored = {r["arm"] for r in study.scores}
    return [arm for arm in dict.fromkeys(map(str, wanted)) if arm in scored][:MOST_ARMS]


def _lines(rows: Sequence[Row], arms: list[str], lang: Language) -> Any:
    import altair as alt

    points, order = _points(rows, lang)
    x = alt.X(
        "shots:N",
        sort=order,
        title=_("Real training items per class").say(lang),
        axis=alt.Axis(labelAngle=0),
        scale=alt.Scale(padding=0.3),
    )
    y_title = _("Score (0 to 100)").say(lang)
    y = alt.Y("mean:Q", title=y_title, scale=alt.Scale(zero=False))
    colour = alt.Color("arm:N", title=None, scale=alt.Scale(domain=arms, range=PALETTE[: len(arms)]))
    dash = alt.StrokeDash("arm:N", title=None, scale=alt.Scale(domain=arms, range=DASHES[: len(arms)]))
    shape = alt.Shape("arm:N", title=None, scale=alt.Scale(domain=arms, range=SHAPES[: len(arms)]))
    base = alt.Chart(values(points))
    offset = alt.XOffset("arm:N", sort=arms)
    spread = base.mark_rule(strokeWidth=1).encode(
        x=x, xOffset=offset, y=alt.Y("low:Q", title=y_title), y2="high:Q", color=colour
    )
    line = base.mark_line(strokeWidth=1.5).encode(x=x, xOffset=offset, y=y, color=colour, strokeDash=dash)
    dots = base.mark_point(size=70, filled=True, opacity=1).encode(
        x=x, xOffset=offset, y=y, color=colour, shape=shape, tooltip="text:N"
    )
    return alt.layer(spread, line, dots).properties(height=260)


def _points(rows: Sequence[Row], lang: Language) -> tuple[list[dict[str, Any]], list[str]]:
    shots = sorted({int(r["shots"]) for r in rows}, key=lambda s: (s == 0, s))
    names = {s: str(s) if s else _("all").say(lang) for s in shots}
    points = []
    for s in shots:
        for arm in dict.fromkeys(str(r["arm"]) for r in rows):
            found = [float(r["value"]) * POINTS for r in rows if r["arm"] == arm and r["shots"] == s]
            if found:
                mean = statistics.fmean(found)
                sd = statistics.stdev(found) if len(found) > 1 else 0.0
                text = f"{arm}, {names[s]}: {mean:.1f} ± {sd:.1f}"
                points.append(
                    {"shots": names[s], "arm": arm, "mean": mean, "low": mean - sd, "high": mean + sd, "text": text}
                )
    return points, [names[s] for s in shots]
