"""What a study says beside its verdicts, ready to print: charts, tables, and the sentences of the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.report import beside_tables as tables
from shisaku.report import business
from shisaku.report.beside_tables import Table
from shisaku.report.chart import Chart
from shisaku.report.cost_curves import cost_charts, cost_table
from shisaku.report.curves import curve_charts, ratio_charts
from shisaku.report.record import Row, StudyRecord
from shisaku.report.words import Words, _, words
from shisaku.report.worth import worth_charts

PARTS = (
    "business", "curves", "scores_apart", "ratios", "exchange", "equal_money", "degraded", "robustness", "layers",
    "slices", "tests", "variance", "costs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """One subject: what it is, its pictures, its sentences, its table."""

    title: Words
    note: Words
    charts: Sequence[Chart]
    lines: Sequence[Words]
    table: Table | None


def sections(study: StudyRecord, number: int) -> list[Section]:
    """Return every part that the run holds; nothing of it decides."""
    apart, exchange = study.detail.get("scores_apart"), study.part("exchange", "rows")
    found = [
        Section(_("In money"), business.note(study), [], business.lines(study), business.money_table(study)),
        Section(
            _("In the words of the shop floor"),
            _("Per item in use, with the actions that cost least; thresholds come from validation items alone."),
            [], [], business.figures_table(study),
        ),
        Section(
            _("Risk"),
            _("Items pooled over splits, intervals over groups of items. A calibration error above 0 is normal with "
              "few items: beside it stands what it would be by chance."),
            [], [], business.risk_table(study),
        ),
        Section(
            _("For which costs it pays"),
            _("Two classes, thresholds from validation items, costs on test items; the places where the made data are "
              "shown to be cheaper hold together."),
            cost_charts(study, number), [], cost_table(study),
        ),
        Section(
            _("What the money depends on"),
            _("One unknown amount at a time at its lowest and highest, the others as is likely."),
            [], [], business.tornado_table(study),
        ),
        Section(
            _("Score and number of real items"),
            _("How many real items each arm was trained on in all; made items come on top."),
            curve_charts(study, number), _lines(study, "curves"), None,
        ),
        Section(
            _("Generalisation, task and fit"),
            _("Three scores of different things, kept apart."),
            [], _said([apart]) if isinstance(apart, dict) else [], tables.apart(study.part("scores_apart", "rows")),
        ),
        Section(
            _("How many made items for each real one"),
            _("The intervals of one curve hold together. The best ratio is chosen on validation, never on the test."),
            ratio_charts(study, number), _said(study.part("ratios")), None,
        ),
        Section(
            _("What one made item is worth"),
            _("How many real items would have given the same score, read from the curve of real items alone. A “?” is "
              "an end of the interval that lies beyond what was measured, or with too few splits is not known."),
            worth_charts(study, number), _exchange_lines(study), tables.exchange(exchange),
        ),
        Section(
            _("What the same money buys"),
            _("All intervals of one place and number of shots hold together."),
            [], _said(study.part("equal_money")), tables.money(study.part("equal_money")),
        ),
        Section(
            _("Degraded inputs"),
            _("The same made data at full quality and on degraded inputs; the two are never averaged."),
            [], _lines(study, "degraded"), tables.degraded(study.part("degraded")),
        ),
        Section(
            _("Missing, noisy and conflicting modalities"),
            _("The mean over spoilt versions of a place hides the worst of them: both stand here."),
            [], [], tables.robust(study.part("robustness")),
        ),
        Section(
            _("Layers of data"),
            _("Each layer against the one before; “raises both” needs a gain in generalisation and in fit."),
            [], _said(study.part("layers")), tables.layers(study.part("layers")),
        ),
        Section(
            _("Slices"),
            _("The same contrast on parts of the test items. Few items give wide intervals; none of these decides."),
            [], [], tables.slices(study.part("slices")),
        ),
        Section(
            _("Further tests"),
            _("None of these decides. Not different is not equal: equality needs a test of its own. Over splits of one "
              "dataset, signs and plain t give p that are too small."),
            [], [], tables.tests(study.part("tests")),
        ),
        Section(
            _("Where the scatter comes from"),
            _("Splits deal the same items anew; models of one split differ in their random numbers alone."),
            [], [], tables.variance(study.part("variance")),
        ),
        Section(
            _("What the arms took"),
            _("Time on this machine, beside whatever else ran on it; no part of the result."),
            [], [], tables.costs(study.part("costs")),
        ),
    ]  # fmt: skip
    return [one for one in found if one.charts or one.lines or one.table]


def in_short(study: StudyRecord) -> list[Words]:
    """Return the sentences about what the overall decision is about: its place, its arm, its number of shots."""
    shots, arm, domain = study.about.get("shots"), study.about.get("contrast"), study.primary
    here = [
        row
        for part in ("ratios", "exchange", "equal_money")
        for row in study.part(part, "rows" if part == "exchange" else "")
        if row["domain"] == domain and row["shots"] == shots and row.get("arm", arm) == arm
    ]
    twins = [line for row in study.part("degraded") if (row["arm"], row["shots"]) == (arm, shots)
             for line in row["lines"]]  # fmt: skip
    layers = [row for row in study.part("layers") if row["shots"] == shots]
    return [*_said(here), *map(words, twins), *_said(layers)]


def _said(rows: Sequence[Row]) -> list[Words]:
    return [words(row["line"]) for row in rows]


def _lines(study: StudyRecord, part: str) -> list[Words]:
    found = study.detail.get(part) or {}
    rows = [found] if isinstance(found, dict) else found
    return [words(line) for row in rows for line in row.get("lines", ())]


def _exchange_lines(study: StudyRecord) -> list[Words]:
    found = study.detail.get("exchange")
    return _said([found]) if isinstance(found, dict) else []
