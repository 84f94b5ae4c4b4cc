"""Write the page of a plan of what to buy next: one file, no network, English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shisaku.lab.next_data.lines import STANDINGS
from shisaku.message import Message, say
from shisaku.report.chart import INK, PALETTE, SHAPES, Chart, draw, values
from shisaku.report.numbers import POINTS, signed
from shisaku.report.shell import SCRIPTS, asset, environment, policy, trusted
from shisaku.report.translate import Language
from shisaku.report.words import _, words
from shisaku.store.atomic import write_bytes

KINDS: Mapping[str, Message] = {
    "labels": say("labels of one's own"),
    "repairs": say("repairs of labels"),
    "source": say("another source"),
    "made": say("made from what is at hand"),
}
ROW = 34


def write_next_page(found: Mapping[str, Any], target: Path) -> Path:
    """Write the page of what ``api.next_plan`` found to `target` and return it. Raises MachineError."""
    write_bytes(target, next_html(found).encode("utf-8", "replace"))
    return target


def next_html(found: Mapping[str, Any]) -> str:
    """Return the whole page; every text of a run is escaped, and the page's policy lets only our script run."""
    known = [option for option in found["options"] if option["gain"] is not None]
    charts = [gains_chart(known), curve_chart(found["curve"])] if known else [curve_chart(found["curve"])]
    scripts = [*(asset("assets", name) for name in SCRIPTS), asset("templates", "page.js")]
    css = asset("templates", "style.css")
    return (
        environment()
        .get_template("next_data.j2")
        .render(
            version=version("shisaku"),
            policy=policy(scripts, css),
            css=trusted(css),
            scripts=[trusted(script) for script in scripts],
            title=_("Which data next: {n} items at hand", n=found["n"]),
            charts=charts,
            kind_of={name: words(said) for name, said in KINDS.items()},
            standing_of={name: words(said) for name, said in STANDINGS.items()},
            per=_("Points per 100 {currency}", currency=found["money"]["currency"]),
            licences=asset("assets", "THIRD_PARTY.txt"),
            **{name: found[name] for name in ("claim", "lines", "options", "buys", "money", "recheck", "curve")},
        )
    )


def gains_chart(options: Sequence[Mapping[str, Any]]) -> Chart:
    """Return the gain of every offer bought alone for the whole budget, with its interval."""
    title = _("Expected gain of each offer alone, for the whole budget")
    caption = _("{n} offers, with 95 % intervals. Right of 0 is better.", n=len(options))
    return draw("gains", title, caption, partial(_gains, options))


def curve_chart(curve: Sequence[Sequence[float]]) -> Chart:
    """Return the learning curve of the items at hand."""
    title = _("What fewer items at hand would have given")
    caption = _("Balanced accuracy on items that the model did not see, by the number of items trained on.")
    return draw("curve", title, caption, partial(_curve, curve))


def _gains(options: Sequence[Mapping[str, Any]], lang: Language) -> Any:
    import altair as alt

    named = {name: words(said).say(lang) for name, said in STANDINGS.items()}
    rows = [
        {
            "offer": option["offer"],
            "gain": POINTS * option["gain"]["mean"],
            "low": POINTS * option["gain"]["low"],
            "high": POINTS * option["gain"]["high"],
            "standing": named[option["standing"]],
            "text": f"{option['offer']}: {signed(option['gain']['mean'])} "
            f"[{signed(option['gain']['low'])}, {signed(option['gain']['high'])}]",
        }
        for option in options
    ]
    shown = [named[name] for name in ("helps", "not shown", "harms")]
    colour = alt.Color(
        "standing:N", title=None, scale=alt.Scale(domain=shown, range=[PALETTE[0], "#7A8691", PALETTE[1]])
    )  # fmt: skip
    shape = alt.Shape(
        "standing:N", title=None, scale=alt.Scale(domain=shown, range=[SHAPES[0], SHAPES[3], SHAPES[1]])
    )  # fmt: skip
    base = alt.Chart(values(rows)).encode(y=alt.Y("offer:N", title=None, sort=None))
    axis = alt.X("low:Q", title=_("Expected change in points (right is better)").say(lang))
    bars = base.mark_rule(strokeWidth=2).encode(x=axis, x2="high:Q", color=colour)
    dots = base.mark_point(size=80, filled=True).encode(x="gain:Q", color=colour, shape=shape, tooltip="text:N")
    zero = alt.Chart(values([{"x": 0.0}])).mark_rule(color=INK).encode(x="x:Q")
    return alt.layer(zero, bars, dots).properties(height=alt.Step(ROW))


def _curve(curve: Sequence[Sequence[float]], lang: Language) -> Any:
    import altair as alt

    rows = [{"n": n, "score": POINTS * score} for n, score in curve]
    return (
        alt.Chart(values(rows))
        .mark_line(point=True, color=PALETTE[0])
        .encode(
            x=alt.X("n:Q", title=_("Items trained on").say(lang), scale=alt.Scale(zero=False)),
            y=alt.Y("score:Q", title=_("Balanced accuracy, points").say(lang), scale=alt.Scale(zero=False)),
        )
        .properties(height=220)
    )
