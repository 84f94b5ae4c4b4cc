"""What a verdict means, for somebody who did not plan the study."""

from __future__ import annotations

from collections.abc import Mapping

from shisaku.report.decision import ABSTAIN, ADOPT, REJECT, gain_of, harmful
from shisaku.report.numbers import count, percent, points
from shisaku.report.record import Row, StudyRecord
from shisaku.report.words import Piece, Words, _


def meaning(study: StudyRecord, verdict: Row) -> list[Words]:
    """Return in plain words what the verdict that a study is about means."""
    low, high = verdict["interval"]
    numbers = {
        "arm": verdict["arm"],
        "domain": verdict["domain"],
        "effect": points(verdict["effect"]),
        "comparator": verdict.get("comparator") or "real",
        "level": percent(float(verdict.get("level") or 0.95)),
        "low": points(low),
        "high": points(high),
    }
    said = [
        _changed(numbers, named=study.set_against(verdict)),
        _meaning_of(study, verdict),
    ]
    mixed = _mixed(study)
    return [*said, mixed] if mixed else said


def _changed(numbers: Mapping[str, Piece], *, named: bool) -> Words:
    if named:
        return _(
            "With the made data “{arm}” the score for “{domain}” changed by {effect} against “{comparator}”, "
            "the arm that the plan set it against. At a confidence of {level} the true change lies between {low} "
            "and {high}.",
            **numbers,
        )
    return _(
        "With the made data “{arm}” the score for “{domain}” changed by {effect} against “{comparator}”, "
        "the strongest way without made data. At a confidence of {level} the true change lies between {low} "
        "and {high}.",
        **numbers,
    )


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


def point(spec: Row) -> Words:
    """Return what one point of a study's measure is."""
    if spec.get("target"):
        near = count(int(spec.get("found_in") or 10))
        return _("One point is one more item in a hundred that is found among the {n} nearest.", n=near)
    if spec.get("metric", "balanced_accuracy") == "balanced_accuracy":
        return _("One point is one more right answer in a hundred, every class counting the same.")
    return _("One point is one more right answer in a hundred.")
