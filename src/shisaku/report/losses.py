"""A chain as two pictures: what is left after each hop, and how good it still is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from shisaku.report.chart import INK, PALETTE, Chart, draw, values
from shisaku.report.drift import Leg
from shisaku.report.hops import caption, mark
from shisaku.report.numbers import count
from shisaku.report.strip import ROW, Mark, strip
from shisaku.report.translate import Language
from shisaku.report.words import _

MOST = 1.0  # all that went in
LEFT, LOST = PALETTE[0], "#f0b48a"  # far apart in lightness, so also on grey paper


def loss_chart(id: str, legs: Sequence[Leg]) -> Chart:
    """Return one bar per hop: of what went in, the share that went on and the share that was lost."""
    said = _("Bar: all that went in. Numbers: how many went on, of how many.")
    return draw(id, _("What is left after each hop"), said, partial(_bars, legs))


def score_chart(id: str, legs: Sequence[Leg]) -> Chart:
    """Return the spread of every score, hop by hop; a hop without a score says so."""
    marks = []
    for place, leg in enumerate(legs):
        name = hop_name(place, leg)
        marks += [mark(f"{name}: {h.step} (n = {h.n})", h) for h in leg.measures]
        if not leg.measures and not leg.first:
            marks.append(Mark(name, None))
    said = caption(hop for leg in legs for hop in leg.measures)
    note = _("{said} Compare a measure with itself only: different measures have different scales.", said=said)
    return draw(id, _("How good it still is after each hop"), note, partial(strip, marks))


def hop_name(place: int, leg: Leg) -> str:
    """Return the name of a hop with its number in the chain; what came in has number 0."""
    return f"{place}. {leg.stream}"


def _bars(legs: Sequence[Leg], lang: Language) -> Any:
    import altair as alt

    went, gone = _("went on").say(lang), _("lost").say(lang)
    rows = [row for place, leg in enumerate(legs) for row in _shares(place, leg, went, gone)]
    names = [hop_name(place, leg) for place, leg in enumerate(legs)]
    y = alt.Y("hop:N", sort=names, title=None, axis=alt.Axis(domain=False, ticks=False))
    x = alt.X("from:Q", scale=alt.Scale(domain=[0, 1.3]), title=None, axis=alt.Axis(values=[0, 0.5, 1], format=".0%"))
    scale = alt.Scale(domain=[went, gone], range=[LEFT, LOST])
    base = alt.Chart(values(rows))
    bars = base.mark_bar(height=16).encode(x=x, x2="to:Q", y=y, color=alt.Color("what:N", title=None, scale=scale))
    told = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(x="end:Q", y=y, text="text:N")
    return alt.layer(bars, told).properties(height=alt.Step(ROW))


def _shares(place: int, leg: Leg, went: str, gone: str) -> list[dict[str, Any]]:
    share = min(MOST, leg.through / leg.entered) if leg.entered else 0.0
    text = f"{count(leg.through)} / {count(leg.entered)}" if not leg.first else count(leg.n)
    if leg.each > 1:
        text += f" → {count(leg.n)}"
    name = hop_name(place, leg)
    return [
        {"hop": name, "from": 0, "to": share, "what": went, "end": MOST, "text": text},
        {"hop": name, "from": share, "to": MOST, "what": gone},
    ]
