"""What a study leaves open, and what to do next, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from shisaku.core.verdict import EXPLORATORY, FULL, PILOT
from shisaku.report.decision import ABSTAIN, ADOPT, REJECT, harmful
from shisaku.report.numbers import count
from shisaku.report.record import Row, StudyRecord
from shisaku.report.words import Words, _, same, words


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


def next_steps(study: StudyRecord, verdict: Row) -> list[Words]:
    """Return what to do now, the first thing first."""
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
            _keep(study, verdict),
        ]
    else:
        steps = [
            _("Do not spend on “{arm}” on the strength of this test, and do not rule it out.", **here),
            _("Collect more real test items of {domain}: the range narrows with them.", **here),
        ]
    return [*steps, *_also(study, verdict, harmed)]


def _keep(study: StudyRecord, verdict: Row) -> Words:
    comparator = str(verdict.get("comparator") or "real")
    if study.set_against(verdict):
        return _("Keep “{comparator}”, the arm that the plan set it against.", comparator=comparator)
    return _("Keep “{comparator}”, the strongest way without made data.", comparator=comparator)


def _also(study: StudyRecord, verdict: Row, harmed: Sequence[str]) -> list[Words]:
    steps = []
    if harmed and study.overall != REJECT:
        steps.append(_("Keep it out of: {domains}.", domains=", ".join(harmed)))
    if any(v.get("simulated") for v in study.main) and study.overall != REJECT:
        steps.append(_("Before a roll-out, test with real material from the simulated places."))
    if verdict.get("money") and verdict["money"].get("illustrative"):
        steps.append(_("Put what one error costs you, and how many items a year, into the recipe."))
    return steps
