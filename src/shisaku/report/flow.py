"""What came in, what each step made, kept and dropped, and why: counts that must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shisaku.errors import ShisakuError
from shisaku.report.record import Record, Row
from shisaku.report.sampled import asked_in_part
from shisaku.report.words import Words, _, words

MOST_VALUES = 12  # distinct values of a label or fact listed one by one
TOO_MANY_VALUES = 60  # a fact with more is an id or a path, not a property of the data


@dataclass(frozen=True, slots=True)
class Step:
    """One step's counts; `adds_up` is False where kept + dropped is not what was made.

    `part` says so where the step was asked of a part of its samples only.
    """

    row: Row
    adds_up: bool
    part: Words | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Drops that share step and reason: how many, an example in full."""

    step: str
    op: str
    n: int
    example: Words
    sample: str


@dataclass(frozen=True, slots=True)
class Property:
    """How often each value of one property occurs among the samples that came in."""

    name: Words
    values: Sequence[tuple[str, int]]
    others: int
    total: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """What the stream ``data`` holds; `trouble` says why it could not be read."""

    n: int
    properties: Sequence[Property]
    trouble: Words | None = None


def steps(record: Record) -> list[Step]:
    """Return the counts of every step, checked."""
    parts = asked_in_part(record)
    return [Step(r, r["made"] == r["kept"] + r["dropped"], parts.get(r["step"])) for r in record.tables["counts"]]


def reasons(drops: Iterable[Row]) -> list[Reason]:
    """Return the drops by step and reason, the most frequent first."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in drops:
        groups.setdefault((str(row["step"]), str(row["op"]), str(row["template"])), []).append(row)
    found = [
        Reason(step, op, len(rows), drop_words(rows[0]), str(rows[0]["sample"]))
        for (step, op, _t), rows in groups.items()
    ]
    return sorted(found, key=lambda r: (-r.n, r.step))


def drop_words(row: Row) -> Words:
    """Return the reason of one row of the drops table."""
    import json

    try:
        filled = json.loads(row.get("values_json") or "{}")
    except ValueError:
        filled = {}
    return words({"template": str(row["template"]), "values": filled if isinstance(filled, Mapping) else {}})


def incoming(record: Record) -> Incoming | None:
    """Count labels, kinds, licences and facts of the samples that came in; None where no such stream is linked."""
    if "data" not in record.run.streams():
        return None
    counts: dict[tuple[str, str], Counter[str]] = {}
    total = 0
    try:
        for sample in record.run.stream("data"):
            total += 1
            for key, value in _properties(sample):
                counts.setdefault(key, Counter())[value] += 1
    except ShisakuError as error:
        return Incoming(total, (), words(error.what))
    names = {("part", ""): _("Parts"), ("licence", ""): _("Licence"), ("consent", ""): _("Consent")}
    shown = [
        _property(names.get(key) or _named(key), found, total)
        for key, found in counts.items()
        if len(found) <= TOO_MANY_VALUES
    ]
    return Incoming(total, shown)


def _properties(sample: Any) -> list[tuple[tuple[str, str], str]]:
    found = [(("part", ""), f"{part.kind}: {name}") for name, part in sorted(sample.parts.items())]
    found += [(("label", name), value) for name, value in sorted(sample.labels.items())]
    found += [(("licence", ""), sample.licence), (("consent", ""), sample.consent)]
    return found + [(("fact", name), value) for name, value in sorted(sample.facts.items())]


def _named(key: tuple[str, str]) -> Words:
    kind, name = key
    return _("Label: {name}", name=name) if kind == "label" else _("Fact: {name}", name=name)


def _property(name: Words, found: Counter[str], total: int) -> Property:
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return Property(name, ordered[:MOST_VALUES], len(ordered) - len(ordered[:MOST_VALUES]), total)


def streams(record: Record) -> list[tuple[str, int]]:
    """Return stream names with their number of samples, without those that only hold features."""
    listed = record.run.streams()
    return [(name, int(about.get("n", 0))) for name, about in listed.items() if not record.is_view(name)]
