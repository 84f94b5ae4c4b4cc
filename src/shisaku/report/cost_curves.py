"""Cost curves of two classes: for which costs and shares the made data pay, as a picture and a table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from shisaku.report.beside_tables import Cell, Table
from shisaku.report.chart import DASHES, PALETTE, Chart, draw, values
from shisaku.report.numbers import number, percent
from shisaku.report.record import Row, StudyRecord
from shisaku.report.translate import Language
from shisaku.report.words import Words, _, same


def curved(study: StudyRecord) -> list[Row]:
    """Return the rows of a study that hold a cost curve."""
    return [row for row in study.part("business", "rows") if row.get("cost_curve")]


def cost_charts(study: StudyRecord, number: int) -> list[Chart]:
    """Return the curves of every arm, its comparator, and answering always the same."""
    return [
        draw(
            f"cost-{number}-{place}",
            _("{domain}: cost of an item, whatever errors cost", domain=row["domain"]),
            _("Left: the positive class is rare or its misses cheap; right: frequent or dear. Lower is better; a model "
              "above the dotted line is no better than one answer for everything."),
            partial(_lines, row),
        )
        for place, row in enumerate(curved(study))
    ]  # fmt: skip


def cost_table(study: StudyRecord) -> Table | None:
    """Return where the study's own costs lie, where the arm is shown to be cheaper, and the thresholds of the costs."""
    heads = (_("Place of use"), _("Arm"), _("set against"), _("Where these costs lie (0 to 1)"),
             _("Shown to be cheaper from – to"), _("Positive from this chance on"), _("A person looks between"),
             _("The cheapest answer for everything, and its cost"))  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (str(r["domain"]), str(r["arm"]), str(r["comparator"]), number(r["cost_curve"]["own"]),
         _spans(r["cost_curve"]["cheaper_from_to"]), number(r["cost_curve"]["threshold"]),
         _span(r["cost_curve"]["review"]) if r["cost_curve"]["review"] else "–",
         f"{r['constant']['action']}: {r['constant']['cost']:,.4g}")
        for r in curved(study)
    ]  # fmt: skip
    return Table(heads, rows, 3) if rows else None


def _lines(row: Row, lang: Language) -> Any:
    import altair as alt

    curve = row["cost_curve"]
    named: list[tuple[Words, str]] = [
        (same(row["arm"]), "arm"), (same(row["comparator"]), "comparator"), (_("one answer for everything"), "constant")
    ]  # fmt: skip
    points = [
        {"at": at, "cost": cost, "name": name.say(lang)}
        for name, key in named
        for at, cost in zip(curve["at"], curve[key], strict=True)
    ]
    order = [name.say(lang) for name, _key in named]
    x = alt.X("at:Q", title=_("Share of the positive class, weighed by what its misses cost").say(lang))
    y = alt.Y("cost:Q", title=_("Cost, of the most it can be").say(lang))
    return (
        alt.Chart(values(points))
        .mark_line(strokeWidth=2)
        .encode(
            x=x,
            y=y,
            color=alt.Color("name:N", title=None, scale=alt.Scale(domain=order, range=list(PALETTE[:3]))),
            strokeDash=alt.StrokeDash("name:N", title=None, scale=alt.Scale(domain=order, range=list(DASHES[:3]))),
        )
        .properties(height=220)
    )


def _span(ends: Sequence[float]) -> str:
    return " – ".join(percent(round(end, 3)) for end in ends)


def _spans(found: Sequence[Sequence[float]]) -> Words | str:
    return ", ".join(f"{low:.2f} – {high:.2f}" for low, high in found) or _("nowhere")
