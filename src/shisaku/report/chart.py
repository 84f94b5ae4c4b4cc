"""What every chart shares: its specification in each language, its looks, its place on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shisaku.report.translate import LANGUAGES, Language
from shisaku.report.words import Words

FONT = (
    "system-ui, -apple-system, 'Hiragino Sans', 'Yu Gothic UI', 'Noto Sans JP', 'Noto Sans CJK JP', Meiryo, sans-serif"
)
INK, FAINT, GRID = "#1f2933", "#52606d", "#e4e7eb"
# Okabe and Ito's colours without yellow, which is too faint on white.
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#B07A00", "#000000", "#7B6FA0"]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3], [10, 4], [3, 1]]
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "stroke"]

Build = Callable[[Language], Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture: a Vega-Lite specification per language, what it shows, and the same in a sentence."""

    id: str
    title: Words
    caption: Words
    specs: Mapping[Language, Mapping[str, Any]]


def draw(id: str, title: Words, caption: Words, build: Build) -> Chart:
    """Build a chart (an Altair chart per language) once for each language."""
    return Chart(id, title, caption, {lang: specification(build(lang)) for lang in LANGUAGES})


def specification(chart: Any) -> dict[str, Any]:
    """Return an Altair chart as plain Vega-Lite with the page's looks, as wide as the place it is put in."""
    spec: dict[str, Any] = (
        chart.properties(width="container", autosize={"type": "fit-x", "contains": "padding"})
        .configure(font=FONT, background="#ffffff")
        .configure_axis(
            labelColor=INK,
            titleColor=FAINT,
            gridColor=GRID,
            domainColor=FAINT,
            tickColor=FAINT,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=190,
            titlePadding=8,
        )
        .configure_view(stroke=None)
        .configure_legend(
            orient="bottom",
            columns=2,
            labelFontSize=12,
            titleFontSize=12,
            labelLimit=320,
            titleFontWeight="normal",
            symbolStrokeWidth=2,
            labelColor=INK,
            titleColor=FAINT,
        )
        .to_dict()
    )
    # Two legends below one another: side by side they would be cut off on a phone. Altair's classes do not know it.
    spec["config"]["legend"]["layout"] = {"bottom": {"anchor": "start", "direction": "vertical", "margin": 6}}
    return spec


def values(rows: list[dict[str, Any]]) -> Any:
    """Return rows as inline chart data; fields are ours, so that no text of a user becomes an expression."""
    import altair as alt

    return alt.InlineData(values=rows)
