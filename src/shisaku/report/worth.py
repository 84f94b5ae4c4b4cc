"""What one made item is worth in real ones, as a picture: intervals that may end where nothing was measured."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from shisaku.report.chart import FAINT, PALETTE, Chart, draw, values
from shisaku.report.curves import shown_arms
from shisaku.report.numbers import percent
from shisaku.report.record import Row, StudyRecord
from shisaku.report.translate import Language
from shisaku.report.words import _

ROW = 28  # pixels per arm and number of shots


def worth_charts(study: StudyRecord, number: int) -> list[Chart]:
    """Return one chart per domain with a rate that was read, or bounded, for an arm that is shown."""
    arms, charts = shown_arms(study), []
    for place, domain in enumerate(study.domains):
        rows = [r for r in study.part("exchange", "rows") if r["domain"] == domain and r["arm"] in arms]
        if not any(_known(row) for row in rows):
            continue
        title = _("{domain}: how many real items one made item is worth", domain=domain)
        caption = _(
            "Line: {level} interval; a triangle stands where the interval, or the rate itself, goes on beyond what was "
            "measured. Right of 0: worth something.",
            level=percent(float(rows[0]["level"])),
        )
        charts.append(draw(f"worth-{number}-{place}", title, caption, partial(_layers, rows)))
    return charts


def _known(row: Row) -> list[float]:
    return [float(row[name]) for name in ("rate", "low", "high") if row[name] is not None]


def _layers(rows: Sequence[Row], lang: Language) -> Any:
    import altair as alt

    ends = [0.0, *(x for row in rows for x in _known(row))]
    slack = 0.08 * (max(ends) - min(ends) or 1.0)
    least, most = min(ends) - slack, max(ends) + slack
    marks = [_mark(row, least, most, lang) for row in rows]
    open_ends = [
        {"name": mark["name"], "x": mark[end], "turn": turn}
        for mark, row in zip(marks, rows, strict=True)
        for end, turn in (("low", -90), ("high", 90))
        if row[end] is None
    ]
    title = _("Real items for one made item").say(lang)
    x = alt.X("low:Q", title=title, scale=alt.Scale(domain=[least - slack / 2, most + slack / 2], nice=False))
    y = alt.Y("name:N", sort=[mark["name"] for mark in marks], title=None, axis=alt.Axis(domain=False, ticks=False))
    base = alt.Chart(values(marks))
    zero = alt.Chart(values([{"zero": 0}])).mark_rule(strokeWidth=1, color=FAINT).encode(x=alt.X("zero:Q", title=title))
    bars = base.mark_rule(strokeWidth=2, color=PALETTE[0]).encode(x=x, x2="high:Q", y=y, tooltip="text:N")
    dots = (
        base.transform_filter("isValid(datum.rate)")
        .mark_point(size=90, filled=True, opacity=1, color=PALETTE[0])
        .encode(x=alt.X("rate:Q", title=title), y=y, tooltip="text:N")
    )
    arrows = (
        alt.Chart(values(open_ends))
        .mark_point(shape="triangle", size=70, filled=True, opacity=1, color=PALETTE[0])
        .encode(x=alt.X("x:Q", title=title), y=y, angle=alt.Angle("turn:Q", scale=None))
    )
    return alt.layer(zero, bars, dots, *([arrows] if open_ends else [])).properties(height=alt.Step(ROW))


def _mark(row: Row, least: float, most: float, lang: Language) -> dict[str, Any]:
    shots, arm = int(row["shots"]), str(row["arm"])
    name = _("{arm}, {shots} per class", arm=arm, shots=shots) if shots else _("{arm}, all real items", arm=arm)
    low = least if row["low"] is None else float(row["low"])
    high = most if row["high"] is None else float(row["high"])
    told = {"rate": row["rate"], "low": row["low"], "high": row["high"]}
    rate, *ends = ("?" if value is None else f"{float(value):.3g}" for value in told.values())
    text = f"{name.say(lang)}: {rate} [{', '.join(ends)}]"
    return {"name": name.say(lang), "rate": row["rate"], "low": low, "high": high, "text": text}
