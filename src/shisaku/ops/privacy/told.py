"""Personal data told in sentences: how much of which kind, and never what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from shisaku.core.finding import Finding, Weight
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.privacy.hit import GRAVE, KINDS, Kind
from shisaku.ops.privacy.rules import Piece
from shisaku.stats.proportions import clopper_pearson

EXAMPLES = 20


def called(kind: Kind) -> Message:
    """Return what a kind of personal data is called."""
    return {
        "email": say("an e-mail address"),
        "phone": say("a phone number"),
        "postal_code": say("a postal code"),
        "address": say("an address"),
        "card": say("a payment card number"),
        "my_number": say("a My Number (Japanese individual number)"),
        "iban": say("an international bank account number (IBAN)"),
        "ssn": say("a US social security number"),
        "account": say("a bank account number"),
        "ip": say("an IP address"),
        "url": say("a web address that names a person"),
        "birth_date": say("a date of birth"),
        "plate": say("a number plate"),
        "name": say("a person's name"),
    }[kind]


def reason(found: Sequence[Piece], where: str | Message) -> Message | None:
    """Return what was found in one sample: the gravest piece, masked, and how many more there are."""
    if not found:
        return None
    kind, mask = min(found, key=lambda piece: (piece[0] not in GRAVE, found.index(piece)))
    if len(found) == 1:
        return say("{what} in {where}: {mask}", what=called(kind), where=where, mask=mask)
    more = len(found) - 1
    return say("{what} in {where}: {mask}, and {more} more", what=called(kind), where=where, mask=mask, more=more)


def scored(state: Mapping[str, Sequence[Piece]], name: str, where: str | Message, most: int) -> list[Score]:
    """Return one Score per sample, by id: 1 / (1 + pieces), an issue if there are more than `most`."""
    return [
        Score(sample, name, 1.0 / (1 + len(found)), float(len(found)), len(found) > most, reason(found, where))
        for sample, found in sorted(state.items())
    ]


def findings(state: Mapping[str, Iterable[Piece]], name: str, where: str | Message) -> list[Finding]:
    """Return one Finding per kind with its count, or one that says that nothing was found."""
    held = {sample: Counter(kind for kind, _ in found) for sample, found in state.items()}
    made = []
    for kind in KINDS:
        having = sorted(sample for sample, counts in held.items() if counts[kind])
        if having:
            made.append(_finding(name, kind, having, sum(counts[kind] for counts in held.values()), len(held), where))
    if held and not made:
        low, high = clopper_pearson(0, len(held))
        what = say("No personal data were found in {where} of {n} samples", where=where, n=len(held))
        then = say("The rules know formats and cues, not people: names without a cue are mostly missed")
        made.append(Finding(name, what, "note", 0.0, low, high, len(held), then))
    return made


def _finding(name: str, kind: Kind, having: list[str], pieces: int, of: int, where: str | Message) -> Finding:
    low, high = clopper_pearson(len(having), of)
    what = say(
        "{n} of {of} samples hold {what} in {where} ({pieces} in all)",
        n=len(having),
        of=of,
        what=called(kind),
        where=where,
        pieces=pieces,
    )
    then = say("Look at them, then mask or drop them, or see that consent covers them")
    weight: Weight = "bad" if kind in GRAVE else "warn"
    row = {"kind": kind, "samples": len(having), "pieces": pieces, "of": of}
    return Finding(name, what, weight, len(having) / of, low, high, of, then, tuple(having[:EXAMPLES]), (row,))
