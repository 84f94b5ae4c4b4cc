"""The first page: what was decided, what it means, what was not shown, what to do next, for who decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shisaku.core.verdict import EXPLORATORY, FULL, PILOT
from shisaku.report.chart import Chart
from shisaku.report.decision import ABSTAIN, ADOPT, REJECT, decision_words, gain_of, harmful
from shisaku.report.intervals import interval_charts
from shisaku.report.numbers import count, money_range, points, span
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
    """A study in plain words."""

    name: str
    decision: str
    headline: Words
    reason: Words | None
    meaning: Sequence[Words]
    money: Sequence[tuple[str, Words]]
    money_note: Words | None
    cells: Sequence[Cell]
    not_shown: Sequence[Words]
    steps: Sequence[Words]
    picture: Chart | None
    shots: int
    arm: str
    balanced: bool
    illustrative: bool


def fronts(record: Record) -> list[StudyFront]:
    """Return the first page of every study."""
    return [_front(study, number) for number, study in enumerate(record.studies)]


def _front(study: StudyRecord, number: int) -> StudyFront:
    verdict = study.lead
    pictures = interval_charts(study, study.main, f"front-{number}")
    money = _money(study, verdict) if verdict else []
    return StudyFront(
        name=study.name,
        decision=study.overall,
        headline=headline(study),
        reason=_reason(study),
        meaning=_meaning(study, verdict) if verdict else [],
        money=money,
        money_note=_money_note(verdict) if verdict and money else None,
        cells=[_cell(v) for v in study.main],
        not_shown=not_shown(study),
        steps=_next(study, verdict) if verdict else [],
        picture=pictures[0] if pictures else None,
        shots=int(study.about.get("shots") or 0),
        arm=str(verdict["arm"]) if verdict else "",
        balanced=study.spec.get("metric", "balanced_accuracy") == "balanced_accuracy",
        illustrative=bool(money and verdict and verdict["money"].get("illustrative")),
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


def _meaning(study: StudyRecord, verdict: Row) -> list[Words]:
    low, high = verdict["interval"]
    said = [
        _(
            "With the made data “{arm}” the score for “{domain}” changed by {effect} against “{comparator}”, the "
            "strongest way without made data. The true change lies between {low} and {high}.",
            arm=verdict["arm"],
            domain=verdict["domain"],
            effect=points(verdict["effect"]),
            comparator=verdict.get("comparator") or "real",
            low=points(low),
            high=points(high),
        ),
        _meaning_of(study, verdict),
    ]
    mixed = _mixed(study)
    return [*said, mixed] if mixed else said


def _meaning_of(study: StudyRecord, verdict: Row) -> Words:
    gain, found = points(gain_of(verdict)), (study.overall, verdict["decision"])
    if found == (ADOPT, ADOPT):
        return _("Even the cautious end of that range is above the gain you asked for ({gain}).", gain=gain)
    if found == (REJECT, ADOPT):
        return _(
            "That is a gain, but another place where you deploy is harmed beyond the limit; so the whole is rejected."
        )
    if found == (ABSTAIN, ADOPT):
        return _(
            "The gain is shown here, but not that the other places where you deploy stay unharmed; so the whole is "
            "undecided: good for a pilot, not for a roll-out."
        )
    if harmful(verdict):
        return _("The whole range lies below zero: this made data makes the model worse.")
    if study.overall == REJECT:
        return _("Even the hopeful end of that range is below the gain you asked for ({gain}).", gain=gain)
    return _(
        "The range holds both a change worth having and one that is not ({gain} was asked for). This test cannot "
        "tell them apart. “Not shown” does not mean “no effect”.",
        gain=gain,
    )


def _mixed(study: StudyRecord) -> Words | None:
    for arm in dict.fromkeys(v["arm"] for v in study.main):
        helped = [v["domain"] for v in study.main if v["arm"] == arm and v["decision"] == ADOPT]
        harmed = [v["domain"] for v in study.main if v["arm"] == arm and harmful(v)]
        if helped and harmed:
            return _(
                "The same made data (“{arm}”) helps in one place and harms in another: better for {helped}, worse "
                "for {harmed}. Where the model will work decides.",
                arm=arm,
                helped=", ".join(helped),
                harmed=", ".join(harmed),
            )
    return None


def _money_note(verdict: Row) -> Words:
    if verdict["money"].get("illustrative"):
        return _("Illustrative: worked out with example costs, not with yours. Put your costs into the recipe.")
    return _("Worked out with the costs that the recipe states.")


def not_shown(study: StudyRecord) -> list[Words]:
    """Return what this study does not show, in plain words, the gravest first."""
    said = [words(a["reason"]) for a in study.alarms if a.get("severity") == "stop"]
    verdict = study.lead
    if verdict is not None and verdict.get("exploratory"):
        said.append(_("The plan was too small to confirm what it asks: read the decision as exploratory."))
    simulated = list(dict.fromkeys(str(v["domain"]) for v in study.main if v.get("simulated")))
    if simulated:
        said.append(
            _(
                "These places are simulated, not photographed or recorded: {domains}. Real material from there was "
                "not tested.",
                domains=", ".join(simulated),
            )
        )
    open_ = _safety_open(study)
    if open_:
        said.append(_("That the loss stays within the limit was not shown for: {domains}.", domains=", ".join(open_)))
    looks = study.spec.get("looks_taken", 0)
    if looks:
        said.append(
            _(
                "These test items had been looked at {n} times before this plan. This is a replication on data "
                "already looked at, not a confirmation on fresh data.",
                n=count(looks),
            )
        )
    ceiling = str(study.detail.get("overall", {}).get("ceiling") or FULL)
    if ceiling != FULL:
        said.append(_("The most this plan could reach is: {ceiling}.", ceiling=ceiling_words(ceiling)))
    return said or [_("Nothing that the plan asked for was left open. Other data and other places were not tested.")]


def ceiling_words(ceiling: str) -> Words:
    """Return the best decision that a plan could reach, in words."""
    named = {
        FULL: _("ADOPT"),
        PILOT: _("ADOPT for pilot, safety not shown"),
        EXPLORATORY: _("exploratory"),
    }
    return named.get(ceiling, same(ceiling))


def _safety_open(study: StudyRecord) -> list[str]:
    safety = study.detail.get("overall", {}).get("safety", {})
    return [name for name, found in safety.items() if not found.get("shown") and not found.get("harm_shown")]


def _next(study: StudyRecord, verdict: Row) -> list[Words]:
    arm, domain = str(verdict["arm"]), str(verdict["domain"])
    here = {"arm": arm, "domain": domain}
    harmed = [str(v["domain"]) for v in study.main if v["arm"] == arm and harmful(v)]
    found = (study.overall, verdict["decision"])
    if found == (ADOPT, ADOPT):
        steps = [
            _("Pilot “{arm}” in {domain} alone, beside the present way.", **here),
            _("Watch the score there on fresh items; stop if it falls below the present way."),
        ]
    elif found == (REJECT, ADOPT):
        steps = [
            _("Do not roll “{arm}” out: it harms {domains}.", arm=arm, domains=", ".join(harmed)),
            _(
                "If the model will work in {domain} alone, declare that place alone and ask again.",
                **here,
            ),
        ]
    elif found == (ABSTAIN, ADOPT):
        steps = [
            _("Pilot “{arm}” in {domain} alone, beside the present way.", **here),
            _("Collect more real test items of the places where harm is not ruled out, and ask again."),
        ]
    elif study.overall == REJECT:
        steps = [
            _("Do not train with “{arm}” for {domain}.", **here),
            _("Keep “{comparator}”, the strongest way without made data.", comparator=_comparator(verdict)),
        ]
    else:
        steps = [
            _("Do not spend on “{arm}” on the strength of this test, and do not rule it out.", **here),
            _("Collect more real test items of {domain}: the range narrows with them.", **here),
        ]
    return [*steps, *_also(study, verdict, harmed)]


def _also(study: StudyRecord, verdict: Row, harmed: Sequence[str]) -> list[Words]:
    steps = []
    if harmed and study.overall != REJECT:
        steps.append(_("Keep it out of: {domains}.", domains=", ".join(harmed)))
    if any(v.get("simulated") for v in study.main) and study.overall != REJECT:
        steps.append(_("Before a roll-out, test with real material from the simulated places."))
    if verdict.get("money") and verdict["money"].get("illustrative"):
        steps.append(_("Put what one error costs you, and how many items a year, into the recipe."))
    return steps


def _comparator(verdict: Row) -> str:
    return str(verdict.get("comparator") or "real")


def undecided(record: Record) -> Words:
    """Return what stands in the decision's place where no study was run."""
    if record.documents["labelling_plan"]:
        return _(
            "There are no labels yet, so nothing could be proved. Below: what the data holds, and what to label first."
        )
    return same("") if record.studies else _("This run compared nothing, so there is no decision.")
