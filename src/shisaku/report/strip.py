"""Spreads of scores as lines with a point, one below another, and the lines that nobody measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shisaku.report.chart import FAINT, PALETTE, values
from shisaku.report.translate import Language
from shisaku.report.words import _

ROW = 30  # pixels per line


@dataclass(frozen=True, slots=True)
class Mark:
    """One line: its name, its low, middle and high value (None: not measured), and the same as text."""

    name: str
    spread: tuple[float, float, float] | None
    text: str = ""


def strip(marks: Sequence[Mark], lang: Language) -> Any:
    """Return the lines from 0 to 1 as an Altair chart."""
    import altair as alt

    data = [_row(mark, lang) for mark in marks]
    title = _("Score (1 is best)").say(lang)
    x = alt.X("low:Q", scale=alt.Scale(domain=[0, 1]), title=title, axis=alt.Axis(tickCount=5, format=".1f"))
    y = alt.Y("hop:N", sort=[str(d["hop"]) for d in data], title=None, axis=alt.Axis(domain=False, ticks=False))
    base = alt.Chart(values(data))
    spread = base.mark_rule(strokeWidth=3, color=FAINT).encode(x=x, x2="high:Q", y=y)
    dots = base.mark_point(size=90, filled=True, opacity=1, color=PALETTE[0]).encode(x="mid:Q", y=y, tooltip="text:N")
    gaps = base.mark_text(align="left", dx=6, color=FAINT, fontStyle="italic").encode(x="from:Q", y=y, text="gap:N")
    return alt.layer(spread, dots, gaps).properties(height=alt.Step(ROW))


def _row(mark: Mark, lang: Language) -> dict[str, Any]:
    if mark.spread is None:
        return {"hop": mark.name, "from": 0, "gap": _("not measured").say(lang)}
    low, middle, high = mark.spread
    return {"hop": mark.name, "low": low, "mid": middle, "high": high, "text": mark.text}
