"""How far a batch is from the real data: in words, as a map, and what gives it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from shisaku.report.chart import PALETTE, SHAPES, Chart, draw, values
from shisaku.report.measure.evidence import Row
from shisaku.report.measure.names import judge_words
from shisaku.report.numbers import count, percent
from shisaku.report.translate import Language
from shisaku.report.words import Words, _, words

TWO_SAMPLE, MAP = "two_sample", "gap_map"
ATTRIBUTES = ("attribute_gap", "no_attribute_gap", "gap_not_measured")
MOST_POINTS, MOST_CLASSES = 400, len(SHAPES)
REAL, MADE = PALETTE[0], PALETTE[1]
PLAIN, TELLING, QUIET = "bad", "warn", "quiet"


@dataclass(frozen=True, slots=True)
class Gap:
    """What tells a batch from real data: the classifiers in words, maps, plain attributes with their figures."""

    told: Sequence[Words]
    tone: str
    charts: Sequence[Chart]
    attributes: Sequence[Row]

    @property
    def asked(self) -> bool:
        """Whether there is anything to draw or list."""
        return bool(self.charts or self.attributes)


def gap_of(bundle: Row, prefix: str) -> Gap:
    """Return the gap of a batch; ids of its charts begin with `prefix`."""
    rows = bundle["sets"]
    tests = [row for row in rows if row["op"] == "dataset.two_sample" and row["name"] != MAP]
    told = [_told(row) for row in tests if row["name"] == TWO_SAMPLE]
    told = told or [_("Not measured: {why}.", why=words(row["what"])) for row in tests]
    weights = {row["weight"] for row in tests}
    tone = next((weight for weight in (PLAIN, TELLING) if weight in weights), QUIET)
    charts = [
        chart for place, row in enumerate(rows) if row["name"] == MAP for chart in _charts(row, f"{prefix}-{place}")
    ]
    if not tests:
        told = [_("Not measured: there are no real items that a judge could compare these with.")]
    return Gap(told, tone, charts, [row for row in rows if row["name"] in ATTRIBUTES])


def _told(row: Row) -> Words:
    pairs = _(
        "of one made and one real item it picks the made one in {value} of cases (95 % interval {low} to {high}, "
        "chance 50 %, n = {n}), by the features of {extractor}",
        **{key: percent(round(row[key], 3)) for key in ("value", "low", "high")},
        n=count(row["n"]),
        extractor=row["extractor"] or "–",
    )
    if row["weight"] == PLAIN:
        return _("A classifier plainly tells these items from real ones: {pairs}.", pairs=pairs)
    if row["weight"] == TELLING:
        return _("A classifier tells these items from real ones more often than by chance: {pairs}.", pairs=pairs)
    return _("These items are not shown to be far from real ones: {pairs}.", pairs=pairs)


def _charts(row: Row, id: str) -> list[Chart]:
    points = [point for side in ("real", "made") for point in _spread([p for p in row["table"] if p["set"] == side])]
    said = words(row["what"])
    title = _("Gap map: {judge}", judge=judge_words(row["judge"]))
    caption = _("{said}. Where the colours lie apart, made items are unlike real ones.", said=said)
    charts = [draw(f"map-{id}", title, caption, partial(_map, points))]
    classes = sorted({str(point["class"]) for point in points} - {""})
    if 1 < len(classes) <= MOST_CLASSES:
        by_class = _("Gap map by class: {judge}", judge=judge_words(row["judge"]))
        note = _("The same map. A class whose triangles lie apart from its circles is the one to mend.")
        charts.append(draw(f"classes-{id}", by_class, note, partial(_by_class, points, classes)))
    return charts


def _spread(points: Sequence[Row]) -> list[Row]:
    n = min(len(points), MOST_POINTS)
    return [points[i * len(points) // n] for i in range(n)]


def _map(points: Sequence[Row], lang: Language) -> Any:
    import altair as alt

    names = _sides(lang)
    scale = alt.Scale(domain=list(names.values()), range=[REAL, MADE])
    return _points(points, lang).encode(color=alt.Color("set:N", title=None, scale=scale))


def _by_class(points: Sequence[Row], classes: Sequence[str], lang: Language) -> Any:
    import altair as alt

    scale = alt.Scale(domain=list(classes), range=PALETTE[: len(classes)])
    return _points(points, lang).encode(color=alt.Color("class:N", title=None, scale=scale))


def _points(points: Sequence[Row], lang: Language) -> Any:
    import altair as alt

    names = _sides(lang)
    rows = [
        {"x": float(f"{p['x']:.4g}"), "y": float(f"{p['y']:.4g}"), "set": names[p["set"]], "class": p["class"]}
        for p in points
    ]
    shape = alt.Shape("set:N", title=None, scale=alt.Scale(domain=list(names.values()), range=["circle", "triangle"]))
    axis = alt.Axis(labels=False, ticks=False)
    return (
        alt.Chart(values(rows))
        .mark_point(size=46, opacity=0.75)
        .encode(
            x=alt.X("x:Q", axis=axis, title=_("First direction in which the items differ").say(lang)),
            y=alt.Y("y:Q", axis=axis, title=_("Second direction").say(lang)),
            shape=shape,
        )
        .properties(height=320)
    )


def _sides(lang: Language) -> dict[str, str]:
    return {"real": _("real").say(lang), "made": _("made").say(lang)}
