"""What is written about one version of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shisaku.message import Message

INLINE_MB = 4.0


@dataclass(frozen=True, slots=True)
class Source:
    """How the samples of a version came in: reader and parameters, the layout and why, limits and notes."""

    reader: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    layout: str = ""
    why: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "reader": self.reader,
            "params": dict(self.params),
            "layout": self.layout,
            "why": [one.to_json() for one in self.why],
            "notes": [one.to_json() for one in self.notes],
            "limits": dict(self.limits),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Source:
        """Read back what `to_json` wrote."""
        why, notes = (tuple(Message.from_json(one) for one in raw[name]) for name in ("why", "notes"))
        return cls(raw["reader"], dict(raw["params"]), raw["layout"], why, notes, dict(raw["limits"]))


@dataclass(frozen=True, slots=True)
class Version:
    """One commit: `number` counts from 1, `parent` is the version it was made from (0: none).

    `table` is the folder of its rows and `lance_version` the table's state in it, `drops` the Parquet file of
    what did not come in (empty: nothing). `when` is an ISO 8601 time, `scores` are its extra columns, `forgotten` is
    how many samples were taken out of it later; media above `inline_mb` are files.
    """

    number: int
    parent: int
    table: str
    lance_version: int
    fingerprint: str
    n: int
    when: str = ""
    message: str = ""
    drops: str = ""
    dropped: int = 0
    scores: tuple[str, ...] = ()
    forgotten: int = 0
    inline_mb: float = INLINE_MB
    source: Source = field(default_factory=Source)

    def to_json(self) -> dict[str, Any]:
        """Return the plain form that lies in the home."""
        held = {name: getattr(self, name) for name in self.__slots__ if name != "source"}
        return {**held, "scores": list(self.scores), "source": self.source.to_json()}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Version:
        """Read back what `to_json` wrote."""
        held = {name: raw[name] for name in cls.__slots__ if name not in ("scores", "source")}
        return cls(**held, scores=tuple(raw["scores"]), source=Source.from_json(raw["source"]))
