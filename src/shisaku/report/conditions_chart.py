"""Every cell as a point, by technique: what helped, what hurt and what was not shown, all of one size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from shisaku.report.chart import INK, Chart, draw, values
from shisaku.report.conditions_lines import WORDS, end_text
from shisaku.report.numbers import POINTS
from shisaku.report.translate import Language
from shisaku.report.words import _, words

COLOURS = {"helped": "#0072B2", "hurt": "#C44500", "not shown": "#7A8691"}
SHAPES = {"helped": "circle", "hurt": "square", "not shown": "diamond"}
ROW = 30  # pixels per technique


def cells_chart(cells: Sequence[Mapping[str, Any]]) -> Chart | None:
    """Return the chart, None without cells."""
    if not cells:
        return None
    title = _("Effect of every cell, by technique and modality")
    caption = _(
        "{n} cells. Right of 0 is better. Colour and shape say what the interval that decided shows.", n=len(cells)
    )
    return draw("cells-chart", title, caption, partial(_points, cells))


def _points(cells: Sequence[Mapping[str, Any]], lang: Language) -> Any:
    import altair as alt

    named = {name: words(WORDS[name]).say(lang) for name in COLOURS}
    rows = [
        {
            "technique": f"{cell['technique']} ({cell['modality']})",
            "effect": POINTS * cell["effect"],
            "outcome": named[cell["outcome"]],
            "text": f"{cell['dataset']}, {cell['arm']}: {end_text(cell['effect'])} [{end_text(cell['low'])}, "
            f"{end_text(cell['high'])}] {named[cell['outcome']]}",
        }
        for cell in cells
    ]
    names = list(named.values())
    legend = alt.Legend(columns=3)
    points = (
        alt.Chart(values(rows))
        .mark_point(size=60, filled=True, opacity=0.7)
        .encode(
            x=alt.X("effect:Q", title=_("Change in points (right is better)").say(lang)),
            y=alt.Y("technique:N", title=None, sort="ascending"),
            color=alt.Color(
                "outcome:N", title=None, legend=legend, scale=alt.Scale(domain=names, range=list(COLOURS.values()))
            ),
            shape=alt.Shape(
                "outcome:N", title=None, legend=legend, scale=alt.Scale(domain=names, range=list(SHAPES.values()))
            ),
            tooltip="text:N",
        )
    )
    zero = alt.Chart(values([{"x": 0.0}])).mark_rule(color=INK).encode(x="x:Q")
    return alt.layer(zero, points).properties(height=alt.Step(ROW))
