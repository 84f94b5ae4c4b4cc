"""Whether a run may use its data for what it declares: by each sample's licence, and by the atlas entry it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shisaku.atlas.catalogue import find
from shisaku.atlas.licences import terms_of
from shisaku.atlas.rights import rights_of
from shisaku.atlas.terms import USE_WORDS, Terms, Use
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say

OWN = "own"


@dataclass(frozen=True, slots=True)
class Clearance:
    """What a run declared, what its data allow, and what was done about it.

    `found` pairs the terms of each licence with the number of samples under it; `entry` is the atlas entry that covers
    samples without a licence of their own. `assumed` counts samples that were taken for the user's own because a
    direct verb was called on a folder; `override` is the reason given for going on all the same.
    """

    use: Use
    found: tuple[tuple[Terms, int], ...]
    source: str = ""
    assumed: int = 0
    override: str = ""

    @property
    def refused(self) -> list[tuple[Terms, int]]:
        """The licences that do not allow the use."""
        return [(terms, n) for terms, n in self.found if not terms.allows(self.use)]

    def said(self) -> Message:
        """Return the one line about it."""
        samples = sum(n for _, n in self.refused)
        if self.refused:
            return say(
                "{n} samples are used for {use} although their licence does not allow it: {reason}",
                n=samples, use=USE_WORDS[self.use], reason=self.override,
            )  # fmt: skip
        if self.assumed:
            return say("No licence was stated for {n} samples; they count as your own data", n=self.assumed)
        listed = ", ".join(f"{terms.licence} ({n})" for terms, n in self.found)
        return say("The licences allow {use}: {licences}", use=USE_WORDS[self.use], licences=listed)

    def notes(self) -> tuple[Message, ...]:
        """Return what the user should be told without asking: an override, or an assumption."""
        return (self.said(),) if self.refused or self.assumed else ()

    def to_json(self) -> dict[str, Any]:
        """Return what a run keeps about it."""
        licences = [{**terms.to_json(), "samples": n, "allowed": terms.allows(self.use)} for terms, n in self.found]
        return {
            "said": self.said().to_json(),
            "use": self.use,
            "source": self.source,
            "licences": licences,
            "assumed_own": self.assumed,
            "override": self.override,
        }


def clear(
    licences: Mapping[str, int], use: Use, *, source: str = "", override: str = "", own_if_unsaid: bool = False
) -> Clearance:
    """Return the clearance of data with these licences (text -> number of samples) for `use`.

    Samples without a licence fall under the atlas entry `source`, where one is named; with `own_if_unsaid` they
    count as the user's own. Raises DataError where the use is not allowed and `override` gives no reason, or where it
    is of the kind that no reason lifts.
    """
    covering = rights_of(find(source)) if source else None
    found: dict[str, tuple[Terms, int]] = {}
    assumed = 0
    for text, n in sorted(licences.items()):
        if text in (UNKNOWN, "") and covering is not None:
            terms = covering
        elif text in (UNKNOWN, "") and own_if_unsaid:
            terms, assumed = terms_of(OWN), assumed + n
        else:
            terms = terms_of(text)
            terms = terms.both(covering) if covering is not None else terms
        found[terms.licence] = (terms, n + found.get(terms.licence, (terms, 0))[1])
    clearance = Clearance(use, tuple(found.values()), source, assumed, override.strip())
    _refuse(clearance)
    return clearance


def _refuse(clearance: Clearance) -> None:
    refused = clearance.refused
    if not refused:
        return
    for terms, _ in refused:
        if clearance.use in terms.never:
            raise DataError(
                terms.refusal(clearance.use), where=clearance.source, next=say("No reason lifts this: use other data")
            )
    if clearance.override:
        return
    terms, n = max(refused, key=lambda pair: pair[1])
    raise DataError(
        say("{n} samples may not be used: {why}", n=n, why=terms.refusal(clearance.use)),
        where=clearance.source,
        next=say(
            "State the licence in the recipe (`licence: own` for your own data), declare another `data.use`, or go "
            "on with a reason on record: `data.override` or --accept-licence REASON"
        ),
    )
