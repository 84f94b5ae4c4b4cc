"""The most telling items of a batch beside real ones, so that a person sees or hears what gives them away."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from shisaku.report.measure.evidence import Evidence, Row
from shisaku.report.measure.gap import MAP, TWO_SAMPLE
from shisaku.report.measure.names import judge_words
from shisaku.report.measure.shelf import Shelf
from shisaku.report.numbers import percent
from shisaku.report.shown import Shown
from shisaku.report.words import Words, _

BY_CLASSIFIER, BY_ATTRIBUTE = 6, 4


@dataclass(frozen=True, slots=True)
class Pair:
    """A made item and a real one: its ancestor, or else the nearest of its class on the map that is not shown yet."""

    id: str
    made: Shown | None
    real_id: str
    real: Shown | None
    ancestor: bool
    why: Words


def telling_of(evidence: Evidence, bundle: Row, shelf: Shelf) -> list[Pair]:
    """Return the items that give a batch away most, by classifier first, each once."""
    found: dict[str, Words] = {}
    for row in bundle["sets"]:
        if row["name"] == TWO_SAMPLE:
            for id_ in row["samples"][:BY_CLASSIFIER]:
                found.setdefault(id_, _by_classifier(evidence, row, id_))
    for row in bundle["sets"]:
        if row["name"] in ("attribute_gap", "no_attribute_gap"):
            fresh = [id_ for id_ in row["samples"] if id_ not in found and evidence.reason(row["step"], id_)]
            for id_ in fresh[:BY_ATTRIBUTE]:
                why = evidence.reason(row["step"], id_)
                found[id_] = _("{judge}: {why}", judge=judge_words(row["judge"]), why=why or "–")
    beside: dict[str, str] = {}
    for id_ in found:
        beside[id_] = _beside(evidence, bundle, id_, set(beside.values()))
    made = shelf.made(bundle["batch"], bundle["real"], list(found))
    real = shelf.real(bundle["real"], {id_ for id_ in beside.values() if id_})
    return [
        Pair(id_, made.get(id_), other, real.get(other), other == evidence.root(id_), found[id_])
        for id_, other in beside.items()
    ]


def _by_classifier(evidence: Evidence, row: Row, id_: str) -> Words:
    score = evidence.score(row["step"], id_)
    chance = "–" if score is None else percent(round(1.0 - score, 2))
    return _("{judge}: taken for made with a chance of {chance}", judge=judge_words(row["judge"]), chance=chance)


def _beside(evidence: Evidence, bundle: Row, id_: str, shown: Set[str]) -> str:
    root = evidence.root(id_)
    if root != id_:
        return root
    for row in bundle["sets"]:
        if row["name"] == MAP:
            points: Sequence[Row] = row["table"]
            own = next((one for one in points if one["sample"] == id_), None)
            real = [one for one in points if one["set"] == "real"]
            if own and real:
                kin = [one for one in real if one["class"] == own["class"]] or real
                kin = [one for one in kin if one["sample"] not in shown] or kin
                return str(min(kin, key=lambda one: (one["x"] - own["x"]) ** 2 + (one["y"] - own["y"]) ** 2)["sample"])
    return ""
