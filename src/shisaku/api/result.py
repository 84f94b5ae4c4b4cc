"""What a run gives back: where it is, what was decided, and a view of itself for notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shisaku.message import Message


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished run; notes and headlines are Messages as JSON.

    `overall` and `headline_message` are those of the first study, None and empty where there was nothing to decide;
    `studies` has name, decision, first line of each, and whether it is exploratory; `planned` says by study the hash
    of its plan and when that was frozen: ``before`` the run (a plan file), at its ``start``, or ``after`` a first look.
    """

    path: Path
    state: str
    overall: str | None
    verdicts: tuple[Mapping[str, Any], ...] = ()
    studies: tuple[Mapping[str, Any], ...] = ()
    headline_message: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Mapping[str, Any], ...] = ()
    planned: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    already_done: bool = False
    seconds: float = 0.0

    @property
    def headline(self) -> str:
        """The first line in English; `headline_message` says it in any language."""
        return str(Message.from_json(self.headline_message)) if self.headline_message else ""

    @property
    def report(self) -> Path:
        """The page to open."""
        return self.path / "report.html"

    def to_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "run": str(self.path),
            "report": str(self.report),
            "state": self.state,
            "already_done": self.already_done,
            "overall": self.overall,
            "headline": self.headline,
            "headline_message": dict(self.headline_message),
            "studies": [{**s, "text": str(Message.from_json(s["headline"]))} for s in self.studies],
            "planned": {name: dict(one) for name, one in self.planned.items()},
            "verdicts": [dict(v) for v in self.verdicts],
            "counts": dict(self.counts),
            "notes": [{**note, "text": str(Message.from_json(note))} for note in self.notes],
            "seconds": round(self.seconds, 1),
        }

    def _repr_html_(self) -> str:
        from shisaku.report.notebook import notebook_html

        return notebook_html(self.to_json())
