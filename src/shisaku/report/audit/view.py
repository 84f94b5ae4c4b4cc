"""What the page of an audit shows of its run: problems by rank, findings, a section for every detector."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shisaku.auditing.found import Found, Issue
from shisaku.auditing.shown import EXAMPLES, groups_of, shown_of
from shisaku.core.finding import WEIGHTS
from shisaku.report.audit.names import detector_words
from shisaku.report.shown import Shown, shown_rows
from shisaku.report.words import Words, words
from shisaku.stats.proportions import wilson


@dataclass(frozen=True, slots=True)
class Card:
    """One sample as a card: what there is to see or hear, its file, why it is here and how bad (None: a keeper)."""

    shown: Shown | None
    sample: str
    file: str
    reason: Words | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Wall:
    """Cards that belong together; `group` is empty for single issues, `more` counts members that are not shown."""

    group: str
    cards: Sequence[Card]
    more: int


@dataclass(frozen=True, slots=True)
class Section:
    """One detector: what it looked at, what it called an issue (share with interval), and the worst of it."""

    name: str
    title: Words
    op: str
    thresholds: Mapping[str, Any]
    measured: int
    unmeasured: int
    issues: int
    low: float
    high: float
    histogram: Sequence[int]
    walls: Sequence[Wall]
    hidden: int


@dataclass(frozen=True, slots=True)
class Told:
    """One finding of the whole."""

    name: str
    title: Words
    weight: str
    what: Words
    then: Words | None
    table: Sequence[Mapping[str, Any]]
    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class View:
    """The page's content, worst first."""

    sections: Sequence[Section]
    quiet: Sequence[Section]
    findings: Sequence[Told]
    notes: Sequence[Told]


def view_of(
    found: Found,
    exhibits: Sequence[Mapping[str, Any]],
    steps: Mapping[str, Mapping[str, Any]],
) -> View:
    """Return the page's content; `steps` are op and parameters by detector."""
    shelf = _Shelf.of(found, exhibits)
    sections = [_section(name, some, found, steps.get(name, {}), shelf) for name, some in found.issues.items()]
    sections.sort(key=lambda one: (-one.issues / max(1, one.measured), one.name))
    told = [_told(row, shelf) for row in found.findings]
    told.sort(key=lambda one: (WEIGHTS.index(one.weight), one.name))
    return View(
        [one for one in sections if one.issues],
        [one for one in sections if not one.issues],
        [one for one in told if one.weight != "note"],
        [one for one in told if one.weight == "note"],
    )


@dataclass(frozen=True, slots=True)
class _Shelf:
    shown: Mapping[str, Shown]
    files: Mapping[str, str]

    @classmethod
    def of(cls, found: Found, exhibits: Sequence[Mapping[str, Any]]) -> _Shelf:
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for row in exhibits:
            rows.setdefault(str(row["id"]), []).append(row)
        files = _relative({row["sample"]: row["file"] for row in found.rows})
        return cls({id_: shown_rows(id_, some) for id_, some in rows.items()}, files)

    def card(self, sample: str, issue: Issue | None = None) -> Card:
        reason = words(issue.reason) if issue else None
        return Card(self.shown.get(sample), sample, self.files.get(sample, ""), reason, issue.score if issue else None)


def _relative(files: Mapping[str, str]) -> dict[str, str]:
    """Return files without the folder that all share: where data lie is nobody's business who is sent the page."""
    known = [file for file in files.values() if file]
    folder = os.path.commonpath([os.path.dirname(file) for file in known]) if known else ""
    return {sample: file[len(folder) :].lstrip("/") if file else "" for sample, file in files.items()}


def _section(name: str, some: Sequence[Issue], found: Found, step: Mapping[str, Any], shelf: _Shelf) -> Section:
    measured = found.measured.get(name, 0)
    low, high = wilson(len(some), measured) if measured else (0.0, 1.0)
    sizes = {group: len(members) for group, members in groups_of(some)}
    walls = []
    shown = shown_of(some)
    for group, members in shown:
        keeper = [] if not group or any(one.sample == group for one in members) else [shelf.card(group)]
        cards = [*keeper, *(shelf.card(one.sample, one) for one in members)]
        walls.append(Wall(group, cards, sizes[group] - len(members) if group else 0))
    return Section(
        name,
        detector_words(name),
        str(step.get("op", "")),
        {key: value for key, value in step.get("with", {}).items() if not isinstance(value, str)},
        measured,
        found.of - measured,
        len(some),
        low,
        high,
        found.histograms.get(name, ()),
        walls,
        len(sizes) - len(shown) if any(sizes) and "" not in sizes else len(some) - len(shown),
    )


def _told(row: Mapping[str, Any], shelf: _Shelf) -> Told:
    then = words(row["next"]) if row["next"] else None
    cards = [shelf.card(sample) for sample in row["samples"][:EXAMPLES]]
    return Told(row["step"], detector_words(row["step"]), row["weight"], words(row["what"]), then, row["table"], cards)
