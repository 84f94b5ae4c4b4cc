"""The chart of dose and response: how the score answers to known harm in the training part."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from shisaku.message import Message, say
from shisaku.report.chart import PALETTE, Chart, draw, values
from shisaku.report.translate import Language
from shisaku.report.words import _, words

HARMS: Mapping[str, Message] = {
    "labels": say("Share of wrong labels in training"),
    "duplicates": say("Share of training items replaced by copies"),
    "diversity": say("Share of every class left out, farthest from its centre first"),
}


def dose_chart(told: Mapping[str, Any]) -> Chart:
    """Return the chart of a run's ``sensitivity.json``: mean score by rate with the interval of its change."""
    return draw(
        "sensitivity-chart",
        _("How the score answers"),
        _(
            "Balanced accuracy on untouched test items, mean of {n} splits; band: 95 % interval of the change.",
            n=told["splits"],
        ),
        partial(_lines, told),
    )


def _lines(told: Mapping[str, Any], lang: Language) -> Any:
    import altair as alt

    first = told["doses"][0]["score"]
    rows = [
        {"at": p["at"], "score": p["score"], "low": first + p["low"], "high": first + p["high"]} for p in told["doses"]
    ]
    rows = [{name: 100 * value for name, value in row.items()} for row in rows]
    x = alt.X("at:Q", title=words(HARMS[told["harm"]]).say(lang) + " (%)")
    y_title = _("Score (0 to 100)").say(lang)
    base = alt.Chart(values(rows))
    band = base.mark_area(opacity=0.2, color=PALETTE[0]).encode(
        x=x, y=alt.Y("low:Q", title=y_title, scale=alt.Scale(zero=False)), y2="high:Q"
    )
    line = base.mark_line(color=PALETTE[0], point=True).encode(x=x, y=alt.Y("score:Q", title=y_title))
    return alt.layer(band, line).properties(height=240)
