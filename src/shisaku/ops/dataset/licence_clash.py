"""Licences that cannot go together in one thing made from both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations

from shisaku.atlas.terms import Terms
from shisaku.core.finding import Finding
from shisaku.message import Message, say

NOT_FOR_SALE = frozenset({"non-commercial", "academic-only"})


def clashes(counts: Mapping[str, int], terms: Mapping[str, Terms]) -> list[Finding]:
    """Return the finding about the licences (text -> number of samples) that exclude each other, none if none do."""
    known = [licence for licence in sorted(terms) if terms[licence].kind != "unknown"]
    pairs = [(one, other, clash(terms[one], terms[other])) for one, other in combinations(known, 2)]
    found = [(one, other, why) for one, other, why in pairs if why is not None]
    if not found:
        return []
    first, second, why = max(found, key=lambda pair: min(counts[pair[0]], counts[pair[1]]))
    touched = {licence for one, other, _ in found for licence in (one, other)}
    rows = tuple({"licence": one, "samples": counts[one], "other": other, "other_samples": counts[other],
                  "why": str(reason)} for one, other, reason in found)  # fmt: skip
    what = say("{one} ({n}) and {other} ({m}) do not go together in what is made from both: {why}",
               one=first, n=counts[first], other=second, m=counts[second], why=why)  # fmt: skip
    then = say("Keep them in separate datasets, or leave one of them out")
    n = sum(counts[licence] for licence in touched)
    return [Finding("licence_clash", what, "warn", float(len(found)), n=n, next=then, table=rows)]


def clash(one: Terms, other: Terms) -> Message | None:
    """Return why one work cannot be made from both and passed on, None where nothing is known against it."""
    for own, others in ((one, other), (other, one)):
        if "no-derivatives" in own.conditions:
            return say("{licence} allows nothing made from it to be passed on", licence=own.licence)
        free = "share-alike" in own.conditions and "non-commercial" not in own.conditions
        if free and NOT_FOR_SALE & {*others.conditions}:
            return say("{licence} demands its own terms for the whole, which then allow commercial use",
                       licence=own.licence)  # fmt: skip
    if "share-alike" in one.conditions and "share-alike" in other.conditions and _family(one) != _family(other):
        return say("each demands its own terms for the whole")
    return None


def _family(terms: Terms) -> str:
    # Later versions of one share-alike licence take up material of earlier ones.
    return re.sub(r"[-\s]?v?\d.*$", "", terms.licence.strip().lower())
