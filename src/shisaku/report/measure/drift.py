"""What every hop of a chain loses, meter by meter, as a chart and a table, and which hop to mend first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from shisaku.report.chart import FAINT, INK, PALETTE, Chart, draw, values
from shisaku.report.measure.evidence import Row
from shisaku.report.measure.front import mend
from shisaku.report.measure.names import meter_words
from shisaku.report.translate import Language
from shisaku.report.words import Words, _

ROW = 30  # pixels per line


@dataclass(frozen=True, slots=True)
class Loss:
    """One hop on one meter."""

    meter: Words
    row: Row


@dataclass(frozen=True, slots=True)
class Drift:
    """A chain: its hops, which to mend first, and its losses. `compared`: how much more than in an earlier run."""

    hops: Sequence[str]
    told: Sequence[Words]
    compared: bool
    losses: Sequence[Loss]
    chart: Chart


def drifts_of(chains: Sequence[Row]) -> list[Drift]:
    """Return the chains of a run."""
    return [_drift(chain, f"drift-{place}") for place, chain in enumerate(chains)]


def _drift(chain: Row, id: str) -> Drift:
    losses = [Loss(meter_words(name), row) for name, held in chain["meters"].items() for row in held["losses"]]
    told = [mend(chain["mend_first"])] if chain["mend_first"] else [_("No hop is shown to lose anything.")]
    for name, held in chain["meters"].items():
        worst = held["weakest"]
        if worst and worst["sure"]:
            said = _("Of {meter}, {hop} loses more than every other hop.", meter=meter_words(name), hop=worst["hop"])
            told.append(said)
    caption = _("Point: mean loss of an item; line: 95 % interval. Right of 0 is lost. Compare a meter with itself.")
    chart = draw(id, _("What each hop loses"), caption, partial(_lines, losses))
    return Drift(chain["hops"], told, bool(chain["compared"]), losses, chart)


def _lines(losses: Sequence[Loss], lang: Language) -> Any:
    import altair as alt

    rows = [_row(one, lang) for one in losses]
    names = list(dict.fromkeys(row["meter"] for row in rows))
    y = alt.Y("hop:N", sort=[row["hop"] for row in rows], title=None, axis=alt.Axis(domain=False, ticks=False))
    x_title = _("Loss").say(lang)
    colour = alt.Color("meter:N", title=None, scale=alt.Scale(domain=names, range=PALETTE[: len(names)]))
    base = alt.Chart(values(rows))
    scale = alt.Scale(padding=12)
    zero = alt.Chart(values([{"x": 0}])).mark_rule(color=INK).encode(x=alt.X("x:Q", title=x_title, scale=scale))
    ends = alt.X("low:Q", title=x_title, scale=scale)
    lines = base.mark_rule(strokeWidth=3, color=FAINT).encode(x=ends, x2="high:Q", y=y)
    at = alt.X("loss:Q", title=x_title, scale=scale)
    dots = base.mark_point(size=90, filled=True, opacity=1).encode(x=at, y=y, color=colour)
    return alt.layer(zero, lines, dots).properties(height=alt.Step(ROW))


def _row(one: Loss, lang: Language) -> dict[str, Any]:
    meter = one.meter.say(lang)
    ends = {} if one.row["low"] is None else {"low": one.row["low"], "high": one.row["high"]}
    return {"hop": f"{one.row['hop']}: {meter}", "meter": meter, "loss": one.row["loss"], **ends}
