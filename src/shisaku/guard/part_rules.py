"""What the policy says to one part of one sample that would go to a place outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from shisaku.atlas.licences import terms_of
from shisaku.core.policy import ANONYMISED, LEVELS, MADE_ONLY, RAW, Policy
from shisaku.core.sample import UNKNOWN
from shisaku.guard.call import Sent
from shisaku.guard.ruling import Finders, Rule, look
from shisaku.message import Message, say

NO_CONSENT: Final = frozenset({"", UNKNOWN})


def rules_of_part(part: Sent, policy: Policy, finders: Finders) -> Iterator[tuple[Rule, Message | None]]:
    """Return what each rule says, None where it agrees; a part that was made is asked for less."""
    yield "field", _field(part, policy)
    yield "licence", _licence(part)
    if part.depth > 0:
        return
    yield "real", _real(part, policy)
    yield "consent", _consent(part, policy)
    if policy.level == ANONYMISED:
        yield "redaction", _redaction(part, policy)
        yield "finder", _finder(part, finders)


def _field(part: Sent, policy: Policy) -> Message | None:
    if part.field in policy.fields:
        return None
    return say(
        "{field} of sample {sample} is not granted; name {field} in `policy.fields` to allow it",
        field=part.field, sample=part.sample,
    )  # fmt: skip


def _licence(part: Sent) -> Message | None:
    terms = terms_of(part.licence)
    if terms.allows("third-party"):
        return None
    return say(
        "The licence of sample {sample} does not let {field} go to a third party: {why}; state a licence that does",
        sample=part.sample, field=part.field, why=terms.refusal("third-party"),
    )  # fmt: skip


def _real(part: Sent, policy: Policy) -> Message | None:
    if policy.level >= ANONYMISED:
        return None
    return say(
        "{field} of sample {sample} is real or holds real content, and level {level} sends only what was made; "
        "raise `policy.level` to {needed} to allow it",
        field=part.field, sample=part.sample, level=LEVELS[max(policy.level, MADE_ONLY)], needed=LEVELS[ANONYMISED],
    )  # fmt: skip


def _consent(part: Sent, policy: Policy) -> Message | None:
    if part.consent not in NO_CONSENT and part.consent in policy.consents:
        return None
    if part.consent in NO_CONSENT:
        return say(
            "Nobody has said what consent there is for sample {sample}, of which {field} would leave; state it in the "
            "data and name it in `policy.consents`",
            sample=part.sample, field=part.field,
        )  # fmt: skip
    return say(
        "The consent “{consent}” of sample {sample} does not cover sending {field}; name it in `policy.consents` if it "
        "does",
        consent=part.consent, sample=part.sample, field=part.field,
    )  # fmt: skip


def _redaction(part: Sent, policy: Policy) -> Message | None:
    """Every redaction asked for, and at least one; ``field:name`` asks for it of that field alone."""
    pairs = [name.rpartition(":") for name in policy.redacted]
    asked = [name for field, colon, name in pairs if not colon or field == part.field]
    missing = [name for name in asked if name not in part.redactions]
    if asked and not missing:
        return None
    if not asked:
        return say(
            "No redaction is asked for of {field} of sample {sample}, and without one it is not anonymised; name one "
            "in `policy.redacted`",
            field=part.field, sample=part.sample,
        )  # fmt: skip
    return say(
        "{field} of sample {sample} as it would leave does not attest the redaction {names}; let a step of the recipe "
        "redact it, and nothing after that change it",
        field=part.field, sample=part.sample, names=", ".join(missing),
    )  # fmt: skip


def _finder(part: Sent, finders: Finders) -> Message | None:
    finder = finders.get(part.kind)
    if finder is None:
        return say(
            "Nothing here can look for personal data in {field} of sample {sample} ({kind}); level {level} sends it "
            "unseen",
            field=part.field, sample=part.sample, kind=part.kind, level=LEVELS[RAW],
        )  # fmt: skip
    found = look(finder, part.data)
    if not found:
        return None
    return say(
        "{field} of sample {sample} still shows {what} ({n} in all); redact it before it leaves",
        field=part.field, sample=part.sample, what=found[0], n=len(found),
    )  # fmt: skip
