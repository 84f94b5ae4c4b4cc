"""The first page: what was decided, what it means, what was not shown, what to do next, for who decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shisaku.report.advice import next_steps, not_shown
from shisaku.report.beside import in_short
from shisaku.report.chart import Chart
from shisaku.report.decision import decision_words, harmful
from shisaku.report.glossary import meanings
from shisaku.report.graph import Graph
from shisaku.report.intervals import interval_charts
from shisaku.report.meaning import meaning, point
from shisaku.report.numbers import money_range, points, span
from shisaku.report.record import Record, Row, StudyRecord
from shisaku.report.words import Words, _, phrase, same, words


@dataclass(frozen=True, slots=True)
class Cell:
    """One made set in one place of use: its decision, its interval, and what can be said about harm there."""

    verdict: Row
    effect: Words
    interval: Words
    harm: Words


@dataclass(frozen=True, slots=True)
class StudyFront:
    """A study in plain words; `line` is the shortest form of it, `point` what one point of its measure is."""

    name: str
    decision: str
    line: Words
    lead: Row | None
    headline: Words
    reason: Words | None
    meaning: Sequence[Words]
    money: Sequence[tuple[str, Words]]
    money_note: Words | None
    cells: Sequence[Cell]
    names: Sequence[tuple[str, Words]]
    not_shown: Sequence[Words]
    steps: Sequence[Words]
    picture: Chart | None
    shots: int
    arm: str
    point: Words
    illustrative: bool
    beside: Sequence[Words]


def fronts(record: Record) -> list[StudyFront]:
    """Return the first page of every study."""
    return [_front(study, number, record.graph) for number, study in enumerate(record.studies)]


def _front(study: StudyRecord, number: int, graph: Graph) -> StudyFront:
    verdict = study.lead
    pictures = interval_charts(study, study.main, f"front-{number}")
    money = _money(study, verdict) if verdict else []
    return StudyFront(
        name=study.name,
        decision=study.overall,
        line=_line(verdict) if verdict else same(""),
        lead=verdict,
        headline=headline(study),
        reason=_reason(study),
        meaning=meaning(study, verdict) if verdict else [],
        money=money,
        money_note=_money_note(verdict) if verdict and money else None,
        cells=[_cell(v) for v in study.main],
        names=meanings(study, graph),
        not_shown=not_shown(study),
        steps=next_steps(study, verdict) if verdict else [],
        picture=pictures[0] if pictures else None,
        shots=int(study.about.get("shots") or 0),
        arm=str(verdict["arm"]) if verdict else "",
        point=point(study.spec),
        illustrative=bool(money and verdict and verdict["money"].get("illustrative")),
        beside=in_short(study),
    )


def _money(study: StudyRecord, verdict: Row) -> list[tuple[str, Words]]:
    """Say the lead arm's money in every place, because a saving here and a loss there do not add up to one number."""
    own = [(str(v["domain"]), money_range(v.get("money"))) for v in study.main if v["arm"] == verdict["arm"]]
    return [(domain, found) for domain, found in own if found]


def headline(study: StudyRecord) -> Words:
    """Return the study's first line, with the decision as it is written in each language."""
    values = dict(study.headline.get("values", {}))
    if "decision" in values:
        values["decision"] = decision_words(str(values["decision"]))
    return phrase(str(study.headline.get("template", "")), values)


def _reason(study: StudyRecord) -> Words | None:
    overall = study.detail.get("overall", {})
    reason = overall.get("reason") if isinstance(overall, Mapping) else None
    return words(reason) if isinstance(reason, Mapping) else None


def _cell(verdict: Row) -> Cell:
    safety = verdict.get("detail", {}).get("safety", {})
    if harmful(verdict) or safety.get("harm_shown"):
        harm = _("Harm shown")
    elif safety.get("shown"):
        harm = _("Harm beyond the limit ruled out")
    else:
        harm = _("Harm not ruled out")
    return Cell(verdict, points(verdict["effect"]), span(*verdict["interval"]), harm)


def _line(verdict: Row) -> Words:
    low, high = verdict["interval"]
    return _(
        "“{arm}” for “{domain}”: {effect} ({range})",
        arm=verdict["arm"],
        domain=verdict["domain"],
        effect=points(verdict["effect"]),
        range=span(low, high),
    )


def _money_note(verdict: Row) -> Words:
    if verdict["money"].get("illustrative"):
        return _("Illustrative: worked out with example costs, not with yours. Put your costs into the recipe.")
    return _("Worked out with the costs that the recipe states.")


def undecided(record: Record) -> Words:
    """Return what stands in the decision's place where no study was run."""
    if record.documents["labelling_plan"]:
        return _(
            "There are no labels yet, so nothing could be proved. Below: what the data holds, and what to label first."
        )
    return same("") if record.studies else _("This run compared nothing, so there is no decision.")
