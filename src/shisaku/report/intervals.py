"""The verdict as a picture: every arm's interval in one domain against the margins that decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from shisaku.report.chart import INK, Chart, draw, values
from shisaku.report.decision import COLOURS, SHAPES, decision_words, gain_of, safe_of
from shisaku.report.numbers import POINTS, signed
from shisaku.report.record import Row, StudyRecord, shots_of
from shisaku.report.translate import Language
from shisaku.report.words import Words, _, same

ROW = 34  # pixels per arm


def interval_charts(study: StudyRecord, shown: Sequence[Row], prefix: str) -> list[Chart]:
    """Return one chart per domain that has verdicts among those shown."""
    charts = []
    for place, domain in enumerate(study.domains):
        verdicts = [v for v in shown if v["domain"] == domain]
        if verdicts:
            charts.append(_chart(f"{prefix}-{place}", domain, verdicts))
    return charts


def _chart(id: str, domain: str, verdicts: list[Row]) -> Chart:
    first = verdicts[0]
    simulated = any(v.get("simulated") for v in verdicts)
    title = _("{domain} (simulated)", domain=domain) if simulated else same(domain)
    caption = _(
        "n = {n} test items, {seeds} splits. Line: interval that decides ({method}). Dashed: gain asked for, {gain}. "
        "Dotted: loss allowed, {safe}.",
        n=_span(v.get("detail", {}).get("n_test", v["n"]) for v in verdicts),
        seeds=_span(v["seeds"] for v in verdicts),
        method=method_words(str(first.get("method") or "–")),
        gain=signed(gain_of(first)),
        safe=signed(-safe_of(first)),
    )
    return draw(id, title, caption, partial(_layers, verdicts))


def _layers(verdicts: list[Row], lang: Language) -> Any:
    import altair as alt

    many_shots = len({shots_of(v) for v in verdicts}) > 1
    rows = [_row(v, many_shots, lang) for v in verdicts]
    order = [row["arm"] for row in rows]
    labels = {d: decision_words(d).say(lang) for d in COLOURS}
    lines = _margin_rows(verdicts[0], lang)
    reach = [row["low"] for row in rows] + [row["high"] for row in rows] + [line["x"] for line in lines]
    slack = 0.04 * (max(reach) - min(reach) or 1.0)
    scale = alt.Scale(domain=[min(reach) - slack, max(reach) + slack], nice=False)
    x_title = _("Change in points (right is better)").say(lang)
    y = alt.Y("arm:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False))
    base = alt.Chart(values(rows))
    names = list(labels.values())
    legend = alt.Legend(values=[name for name in names if name in {row["decision"] for row in rows}])
    by_colour = alt.Scale(domain=names, range=list(COLOURS.values()))
    colour = alt.Color("decision:N", title=None, scale=by_colour, legend=legend)
    by_shape = alt.Scale(domain=names, range=list(SHAPES.values()))
    shape = alt.Shape("decision:N", title=None, scale=by_shape, legend=legend)
    margins = _margin_layer(lines, alt.X("x:Q", scale=scale, title=x_title))
    bars = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("low:Q", scale=scale, title=x_title), x2="high:Q", y=y, color=colour, tooltip="text:N"
    )
    dots = base.mark_point(size=120, filled=True, opacity=1).encode(
        x=alt.X("effect:Q", scale=scale, title=x_title), y=y, color=colour, shape=shape, tooltip="text:N"
    )
    return alt.layer(margins, bars, dots).properties(height=alt.Step(ROW))


def _margin_layer(lines: list[dict[str, Any]], x: Any) -> Any:
    import altair as alt

    names = [line["line"] for line in lines]
    scale = alt.Scale(domain=names, range=[[1, 0], [7, 4], [2, 3]])
    legend = alt.Legend(columns=1, symbolSize=700, symbolStrokeColor=INK)
    dash = alt.StrokeDash("line:N", title=None, scale=scale, legend=legend)
    return alt.Chart(values(lines)).mark_rule(strokeWidth=1.6, color=INK).encode(x=x, strokeDash=dash)


def _row(verdict: Row, many_shots: bool, lang: Language) -> dict[str, Any]:
    low, high = verdict["interval"]
    arm, shots = str(verdict["arm"]), shots_of(verdict)
    if shots and many_shots:
        arm = _("{arm}, {shots} per class", arm=arm, shots=shots).say(lang)
    if verdict.get("exploratory"):
        arm = _("{arm} (exploratory)", arm=arm).say(lang)
    decision = decision_words(str(verdict["decision"])).say(lang)
    return {
        "arm": arm,
        "decision": decision,
        "low": low * POINTS,
        "high": high * POINTS,
        "effect": verdict["effect"] * POINTS,
        "text": f"{arm}: {signed(verdict['effect'])} [{signed(low)}, {signed(high)}] {decision}",
    }


def method_words(method: str) -> Words:
    """Return the name of an interval method."""
    named = {
        "nadeau_bengio_t": _("Nadeau-Bengio corrected t"),
        "two_level_bootstrap": _("two-level bootstrap"),
        "cluster_t": _("t over item groups"),
        "paired_t": _("paired t"),
        "bootstrap_over_splits": _("bootstrap over splits, for these test items"),
        "bootstrap_over_splits_corrected": _("bootstrap over splits, widened for their overlap"),
        "one_way_random_effects": _("one-way random effects, F"),
    }
    return named.get(method, same(method))


def _margin_rows(verdict: Row, lang: Language) -> list[dict[str, Any]]:
    gain, safe = gain_of(verdict), safe_of(verdict)
    named: list[tuple[float, Words]] = [
        (0.0, _("no change (0)")),
        (gain, _("gain asked for ({value})", value=signed(gain))),
        (-safe, _("loss allowed ({value})", value=signed(-safe))),
    ]
    return [{"x": x * POINTS, "line": name.say(lang)} for x, name in named]


def _span(numbers: Iterable[float]) -> str:
    found = sorted({round(n) for n in numbers})
    return str(found[0]) if len(found) == 1 else f"{found[0]}–{found[-1]}"
