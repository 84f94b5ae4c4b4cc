"""Which datasets of the atlas fit what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.atlas.amount import least
from shisaku.atlas.catalogue import entries
from shisaku.atlas.entry import LAYERS, Entry
from shisaku.atlas.rights import rights_of
from shisaku.atlas.tables import table
from shisaku.atlas.terms import KINDS, USES, Terms
from shisaku.errors import DataError
from shisaku.message import say


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked; empty fields ask nothing.

    All `words` must occur; `min_size` is items (``1M``) or hours (``100h``). An entry whose size is not known is never
    large enough, and a use that is not known to be allowed is not.
    """

    words: Sequence[str] = ()
    layer: str = ""
    sub_category: str = ""
    modality: str = ""
    licence_class: str = ""
    min_size: str = ""
    domain: str = ""
    use: str = ""

    def check(self) -> None:
        """Raise DataError for a value that nothing can have."""
        for what, value, known in (
            ("--layer", self.layer, LAYERS),
            ("--licence-class", self.licence_class, KINDS),
            ("--use", self.use, USES),
        ):
            if value and value not in known:
                raise DataError(
                    say("{option} knows no {value}", option=what, value=value),
                    next=say("Give one of: {names}", names=", ".join(known)),
                )
        try:
            least(self.min_size or "0")
        except ValueError:
            raise DataError(
                say("{option} knows no {value}", option="--min-size", value=self.min_size),
                next=say("Give a number of items such as 10000 or 1M, or of hours such as 100h"),
            ) from None


def search(query: Query) -> list[tuple[Entry, Terms]]:
    """Return the fitting entries with what may be done with them, the user's own first. Raises DataError."""
    query.check()
    found = ((entry, rights_of(entry)) for entry in entries() if _fits(entry, query))
    return [(entry, terms) for entry, terms in found if _may(terms, query)]


def _fits(entry: Entry, query: Query) -> bool:
    return (
        all(word.lower() in entry.text for word in query.words)
        and query.layer in ("", entry.layer)
        and query.sub_category.lower() in entry.sub_category.lower()
        and (not query.modality or entry.has_modality(query.modality))
        and _in_domain(entry, query.domain.lower())
        and _large_enough(entry, query.min_size)
    )


def _in_domain(entry: Entry, domain: str) -> bool:
    """Say whether the sub-category has a word of the domain; ``medical`` stands for all its words."""
    words = table("layers")["domains"].get(domain, [domain])
    return any(word in entry.sub_category.lower() for word in words)


def _large_enough(entry: Entry, min_size: str) -> bool:
    if not min_size:
        return True
    asked = least(min_size)
    if asked.hours is not None:
        return (entry.amount.hours or 0) >= asked.hours
    return (entry.amount.items or 0) >= (asked.items or 0)


def _may(terms: Terms, query: Query) -> bool:
    return query.licence_class in ("", terms.kind) and (not query.use or query.use in terms.uses)
