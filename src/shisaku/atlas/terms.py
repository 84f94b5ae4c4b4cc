"""What a licence lets one do with data: uses, conditions, and why not the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from shisaku.message import Message, say

Use = Literal["commercial", "research", "redistribution", "third-party"]
USES: tuple[Use, ...] = get_args(Use)

Kind = Literal[
    "own",
    "permissive",
    "attribution",
    "share-alike",
    "non-commercial",
    "research-only",
    "restricted",
    "withdrawn",
    "unknown",
]
KINDS: tuple[Kind, ...] = get_args(Kind)  # from the widest to none at all

CONDITIONS = {
    "notice": say("keep the licence text with it"),
    "attribution": say("name the owner"),
    "share-alike": say("pass on what is made from it under the same licence"),
    "no-derivatives": say("do not pass on what is made from it"),
    "non-commercial": say("no commercial purpose"),
    "academic-only": say("academic research only"),
    "agreement": say("sign the owner's agreement first"),
    "credentialed-dua": say("credentialed users under a data use agreement only"),
    "generator-terms": say("the terms of the service that generated the texts hold too"),
    "record-revision": say("note which revision was taken: the licence changed"),
}
USE_WORDS = {
    "commercial": say("commercial use"),
    "research": say("research"),
    "redistribution": say("redistribution"),
    "third-party": say("sending it to a service of somebody else"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What `licence` allows: nothing but `uses`, under `conditions`; `never` is what no override lifts.

    `reason` says how the text was read, `evidence` where the licence is written, and `also` holds other
    statements about the same data that were found and set aside.
    """

    licence: str
    kind: Kind
    uses: frozenset[Use]
    reason: Message
    conditions: tuple[str, ...] = ()
    never: frozenset[Use] = frozenset()
    evidence: str = ""
    also: tuple[str, ...] = ()

    def allows(self, use: Use) -> bool:
        """Say whether `use` is allowed, the conditions being met."""
        return use in self.uses

    def refusal(self, use: Use) -> Message:
        """Return why `use` is not allowed."""
        return say("{licence} does not allow {use}: {reason}", licence=self.licence, use=USE_WORDS[use],
                   reason=self.reason)  # fmt: skip

    def both(self, other: Terms) -> Terms:
        """Return what is left when both hold: common uses, all conditions, the narrower kind."""
        narrower = max(self, other, key=lambda terms: KINDS.index(terms.kind))
        return Terms(
            licence=f"{self.licence} AND {other.licence}",
            kind=narrower.kind,
            uses=self.uses & other.uses,
            reason=narrower.reason,
            conditions=tuple(dict.fromkeys((*self.conditions, *other.conditions))),
            never=self.never | other.never,
            evidence="; ".join(text for text in (self.evidence, other.evidence) if text),
            also=(*self.also, *other.also),
        )

    def either(self, other: Terms) -> Terms:
        """Return the wider of the two, where the owner leaves the choice."""
        wider = max(self, other, key=lambda terms: (len(terms.uses), -KINDS.index(terms.kind)))
        return replace(wider, licence=f"{self.licence} OR {other.licence}")

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "licence": self.licence,
            "class": self.kind,
            "uses": [use for use in USES if use in self.uses],
            "never": [use for use in USES if use in self.never],
            "conditions": list(self.conditions),
            "reason": self.reason.with_text(),
            "evidence": self.evidence,
            "also": list(self.also),
        }


def unknown(text: str, reason: Message) -> Terms:
    """Return terms that allow nothing, because of `reason`."""
    return Terms(text or "unknown", "unknown", frozenset(), reason)
