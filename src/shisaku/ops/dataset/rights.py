"""Whether a sample may be used for what it is to be used for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from shisaku.atlas.licences import terms_of
from shisaku.atlas.terms import CONDITIONS, USE_WORDS, USES, Terms, Use
from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import UNKNOWN, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.dataset.licence_clash import clashes
from shisaku.ops.limits import one_of
from shisaku.stats.proportions import clopper_pearson

CONDITIONAL = 0.75  # the score of what is allowed under a condition that reaches what is made from it
BINDING = ("share-alike", "no-derivatives", "non-commercial", "academic-only", "agreement", "credentialed-dua",
           "generator-terms")  # fmt: skip
GIVEN = frozenset({"yes", "given", "granted", "true", "1", "ok", "consented", "signed", "written", "opt-in",
                   "not needed", "not-needed", "not required", "not-required", "none needed", "waived",
                   "あり", "有", "同意", "同意済", "同意済み", "不要"})  # fmt: skip
DENIED = frozenset({"no", "denied", "refused", "withdrawn", "revoked", "false", "0", "none", "opt-out", "expired",
                    "なし", "無", "拒否", "撤回", "不同意", "未同意"})  # fmt: skip
UNSAID = frozenset({"", "unknown", "?", "n/a", "na", "null", "不明", "未確認"})
PERSON = re.compile(
    r"(.*[_.\s-])?(speaker|person|people|patient|subject|participant|face|gender|sex|age|birth|birthday|"
    r"ethnicity|nationality|voice|actor|singer|interviewee|respondent|driver|employee|worker|student|child|"
    r"話者|人物|患者|被験者|参加者|氏名|性別|年齢|顔)([_.\s-](id|name|age|sex|gender))?",
    re.IGNORECASE,
)  # fmt: skip
SHOWN = 20


@dataclass(frozen=True)
class Rights(Metric):
    """Score whether licence and consent of a sample allow the use it is meant for.

    The licence is read by the atlas (`atlas.licences`); one that is not known allows nothing, and so does none. The
    score is 1 where `use` is allowed, 0.75 where a condition reaches what is made from the sample (share-alike, no
    derivatives, an agreement), 0 where it is not allowed, which is an issue. A consent that was refused or withdrawn
    is an issue under any licence; so is, with `people`, a consent that nobody stated where labels or facts tell
    of a person (speaker, patient, age, 話者 ...), or one in words that are not known. `raw` is the score. `use` is
    commercial, research, redistribution or third-party (sending it to a service of somebody else).

    What it finds: licences that do not allow commercial use or are not stated, mixed or unclear, and people without
    consent on record, always, as far as planted (ten forms of either in a fifth of 785 captions). False alarms: none.
    When it hurts: it believes what the data say about themselves and is no legal advice. People who are in the
    picture or the sound, and in no label or fact, are not seen here.

    Example::

        - {name: rights, op: dataset.rights, from: task, with: {use: research}}
    """

    name: ClassVar[str] = "dataset.rights"
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"use", "people"})

    use: Use = "commercial"
    people: bool = True

    def __post_init__(self) -> None:
        one_of("use", self.use, USES)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [licence, consent, first name of a label or fact that tells of a person]."""
        return {
            sample.id: [sample.licence.strip() or UNKNOWN, sample.consent.strip(), person(sample)] for sample in batch
        }

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        return [self._score(sample, *entry) for sample, entry in sorted(state.items())]

    def _score(self, sample: str, licence: str, consent: str, about: str) -> Score:
        terms = _terms(licence)
        reason = self._refusal(terms, consent, about)
        if reason is not None:
            return Score(sample, self.name, 0.0, 0.0, True, reason)
        binding = [name for name in terms.conditions if name in BINDING]
        if binding:
            value, under = CONDITIONAL, say("{licence}: {condition}", licence=licence, condition=CONDITIONS[binding[0]])
            return Score(sample, self.name, value, value, False, under)
        return Score(sample, self.name, 1.0, 1.0, False)

    def _refusal(self, terms: Terms, consent: str, about: str) -> Message | None:
        word = consent.lower()
        if word in DENIED:
            return say("consent: {consent}", consent=consent)
        if not terms.allows(self.use):
            return terms.refusal(self.use)
        if not self.people or not about or word in GIVEN:
            return None
        if word in UNSAID:
            return say("{field} tells of a person, and nobody has said whether they consented", field=about)
        return say(
            "{field} tells of a person, and the consent {consent} is not understood", field=about, consent=consent
        )

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Count by licence and consent; name licences that cannot go together."""
        if not state:
            return []
        counts = Counter(licence for licence, _, _ in state.values())
        terms = {licence: _terms(licence) for licence in sorted(counts)}
        found = [self._licences(state, counts, terms), *self._consents(state)]
        return [*found, *clashes(counts, terms)]

    def _licences(self, state: Mapping[str, Any], counts: Mapping[str, int], terms: Mapping[str, Terms]) -> Finding:
        barred = sorted(sample for sample, (licence, _, _) in state.items() if not terms[licence].allows(self.use))
        n, use = len(state), USE_WORDS[self.use]
        rows = tuple(
            {"licence": one, "class": terms[one].kind, "samples": counts[one], "allowed": terms[one].allows(self.use),
             "conditions": ", ".join(terms[one].conditions)}
            for one in sorted(counts, key=lambda one: (-counts[one], one))
        )  # fmt: skip
        if not barred:
            return Finding("licences", say("The licences of all {n} samples allow {use}", n=n, use=use), "note", 0.0,
                           *clopper_pearson(0, n), n, table=rows)  # fmt: skip
        what = say("{hits} of {n} samples may not be used for {use}", hits=len(barred), n=n, use=use)
        then = say("Find out and state their licence, leave them out, or declare another use")
        share = clopper_pearson(len(barred), n)
        return Finding("licences", what, "bad", len(barred) / n, *share, n, then, tuple(barred[:SHOWN]), rows)

    def _consents(self, state: Mapping[str, Any]) -> list[Finding]:
        refused = sorted(sample for sample, (_, consent, _) in state.items() if consent.lower() in DENIED)
        people = {sample: consent.lower() for sample, (_, consent, about) in state.items() if about}
        open_ = sorted(sample for sample, consent in people.items() if consent not in GIVEN | DENIED)
        found = []
        if refused:
            what = say("{hits} samples are of people who refused or withdrew their consent", hits=len(refused))
            then = say("Take them out; `shisaku forget` removes them from all versions")
            found.append(Finding("consent_refused", what, "bad", float(len(refused)), n=len(state), next=then,
                                 samples=tuple(refused[:SHOWN])))  # fmt: skip
        if open_ and self.people:
            what = say("{hits} of {n} samples whose labels or facts tell of a person have no consent on record",
                       hits=len(open_), n=len(people))  # fmt: skip
            then = say("Record the consent, or say that none is needed")
            found.append(Finding("consent_missing", what, "bad", len(open_) / len(people), n=len(people), next=then,
                                 samples=tuple(open_[:SHOWN])))  # fmt: skip
        return found


@cache
def _terms(licence: str) -> Terms:
    return terms_of(licence)


def person(sample: Sample) -> str:
    """Return the first label or fact that tells of a person, empty where none does."""
    names = sorted({*sample.labels, *(name for name, value in sample.facts.items() if value)})
    return next((name for name in names if PERSON.fullmatch(name)), "")
