"""Curves with an interval at every point: score and gain by real items, gain by made items for each real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from shisaku.report.chart import DASHES, FAINT, PALETTE, SHAPES, Chart, draw, values
from shisaku.report.intervals import method_words
from shisaku.report.numbers import POINTS, count, percent, signed
from shisaku.report.record import Row, StudyRecord
from shisaku.report.translate import Language
from shisaku.report.words import Words, _, same

MOST_ARMS = len(PALETTE)


@dataclass(frozen=True, slots=True)
class Point:
    """One mark: where it stands (`at`, in the order of the points), which line it is on, and its interval."""

    at: Words
    line: Words
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Axes:
    """What the two axes measure; `zero` draws the line of no change."""

    x: Words
    y: Words
    zero: bool


def curve_charts(study: StudyRecord, number: int) -> list[Chart]:
    """Return per domain the score and the gain by real items, where the study has more than one number of shots."""
    points, arms = study.part("curves", "points"), shown_arms(study)
    charts = []
    for place, domain in enumerate(study.domains):
        rows = sorted((p for p in points if p["domain"] == domain and p["arm"] in arms), key=lambda p: float(p["n"]))
        if len({r["shots"] for r in rows}) < 2:
            continue
        against = str(rows[-1]["against"])
        scores = [_point(same(count(r["n"])), same(r["arm"]), r["score"]) for r in rows]
        gains = [_point(same(count(r["n"])), same(r["arm"]), r["gain"]) for r in rows if r["gain"]]
        x = _("Real training items")
        charts += [
            _drawn(
                f"curve-{number}-{place}",
                _("{domain}: score and number of real items", domain=domain),
                _interval_note(rows[0]["score"]),
                scores, Axes(x, _("Score (0 to 100)"), zero=False),
            ),
            _drawn(
                f"gain-{number}-{place}",
                _("{domain}: change against {against} and number of real items", domain=domain, against=against),
                _interval_note(rows[0]["score"]),
                gains, Axes(x, _("Change in points"), zero=True),
            ),
        ]  # fmt: skip
    return charts


def ratio_charts(study: StudyRecord, number: int) -> list[Chart]:
    """Return one chart per domain and family of ratios, with a line for each number of shots."""
    curves: dict[tuple[str, str], list[Row]] = {}
    for curve in study.part("ratios"):
        names = " ".join(str(point["arm"]) for point in curve["points"])
        curves.setdefault((str(curve["domain"]), names), []).append(curve)
    charts = []
    for place, ((domain, _names), found) in enumerate(curves.items()):
        points = [
            _point(same(f"{point['ratio']:g}"), _shots_line(curve), point["gain"])
            for curve in found
            for point in sorted(curve["points"], key=lambda point: float(point["ratio"]))
        ]
        title = _("{domain}: change by made items for each real one ({stream})", domain=domain,
                  stream=str(found[0]["stream"]))  # fmt: skip
        axes = Axes(_("Made items for each real one"), _("Change in points"), zero=True)
        caption = _joint_note(found[0]["points"][0]["gain"])
        charts.append(_drawn(f"ratio-{number}-{place}", title, caption, points, axes))
    return charts


def shown_arms(study: StudyRecord) -> list[str]:
    """Return at most eight arms, those that are compared first; the table holds them all."""
    spec = study.spec
    wanted = [*spec.get("contrasts", []), *spec.get("comparators", []), *(r["arm"] for r in study.scores)]
    scored = {r["arm"] for r in study.scores}
    return [arm for arm in dict.fromkeys(map(str, wanted)) if arm in scored][:MOST_ARMS]


def _drawn(id: str, title: Words, caption: Words, points: Sequence[Point], axes: Axes) -> Chart:
    return draw(id, title, caption, partial(_lines, points, axes))


def _point(at: Words, line: Words, found: Row) -> Point:
    return Point(at, line, *(float(found[name]) * POINTS for name in ("effect", "low", "high")))


def _shots_line(curve: Row) -> Words:
    shots = int(curve["shots"])
    return _("{shots} per class", shots=shots) if shots else _("all real items")


def _interval_note(found: Row) -> Words:
    return _(
        "The bar is the {level} interval ({method}) of each point; many points have many chances, so none decides.",
        level=percent(float(found["level"])), method=method_words(str(found["method"])),
    )  # fmt: skip


def _joint_note(found: Row) -> Words:
    return _(
        "The bar is the {level} interval ({method}); all intervals of one line hold together.",
        level=percent(float(found["level"])), method=method_words(str(found["method"])),
    )  # fmt: skip


def _lines(points: Sequence[Point], axes: Axes, lang: Language) -> Any:
    import altair as alt

    names = list(dict.fromkeys(point.line.say(lang) for point in points))
    order = list(dict.fromkeys(point.at.say(lang) for point in points))
    x = alt.X("at:N", sort=order, title=axes.x.say(lang), axis=alt.Axis(labelAngle=0), scale=alt.Scale(padding=0.3))
    title = axes.y.say(lang)
    y = alt.Y("mean:Q", title=title, scale=alt.Scale(zero=False))
    colour = alt.Color("line:N", title=None, scale=alt.Scale(domain=names, range=PALETTE[: len(names)]))
    dash = alt.StrokeDash("line:N", title=None, scale=alt.Scale(domain=names, range=DASHES[: len(names)]))
    shape = alt.Shape("line:N", title=None, scale=alt.Scale(domain=names, range=SHAPES[: len(names)]))
    base = alt.Chart(values([_mark(point, lang) for point in points]))
    offset = alt.XOffset("line:N", sort=names)
    bars = base.mark_rule(strokeWidth=1).encode(
        x=x, xOffset=offset, y=alt.Y("low:Q", title=title), y2="high:Q", color=colour
    )
    line = base.mark_line(strokeWidth=1.5).encode(x=x, xOffset=offset, y=y, color=colour, strokeDash=dash)
    dots = base.mark_point(size=70, filled=True, opacity=1).encode(
        x=x, xOffset=offset, y=y, color=colour, shape=shape, tooltip="text:N"
    )
    none = alt.Chart(values([{"zero": 0}])).mark_rule(strokeWidth=1, color=FAINT).encode(y="zero:Q")
    return alt.layer(*([none] if axes.zero else []), bars, line, dots).properties(height=260)


def _mark(point: Point, lang: Language) -> dict[str, Any]:
    at = point.at.say(lang)
    line = point.line.say(lang)
    text = f"{line}, {at}: {point.mean:.1f} [{point.low:.1f}, {point.high:.1f}]"
    return {"at": at, "line": line, "mean": point.mean, "low": point.low, "high": point.high, "text": text}


def change(found: Row) -> str:
    """Return an effect with its interval, in points."""
    return f"{signed(found['effect'])} [{signed(found['low'])}, {signed(found['high'])}]"
