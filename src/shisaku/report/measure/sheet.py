"""The samples of a batch that a person should look at: some at random, and the worst with what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.report.measure.evidence import Evidence, Row
from shisaku.report.measure.names import judge_words
from shisaku.report.measure.shelf import Shelf
from shisaku.report.shown import Shown
from shisaku.report.words import Words, _

MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One sample and what judges called an issue of it."""

    id: str
    shown: Shown | None
    why: Sequence[Words]


def sheet_of(evidence: Evidence, bundle: Row, shelf: Shelf) -> dict[str, list[Card]]:
    """Return the cards of the worst and of those drawn at random."""
    found: dict[str, list[Card]] = {}
    for kind in ("worst", "random"):
        ids = bundle["sheet"][kind]
        shown = shelf.made(bundle["batch"], bundle["real"], ids)
        found[kind] = [Card(id_, shown.get(id_), _reasons(evidence, bundle, id_)) for id_ in ids]
    return found


def _reasons(evidence: Evidence, bundle: Row, id_: str) -> list[Words]:
    said = [(name, evidence.reason(row["step"], id_)) for name, row in bundle["items"].items()]
    return [_("{judge}: {why}", judge=judge_words(name), why=why) for name, why in said if why][:MOST_REASONS]
