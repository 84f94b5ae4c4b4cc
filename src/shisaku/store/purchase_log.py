"""The log of data that was bought: what for, what it was expected to add, and later what it did add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.store.json_lines import add_line, lines_of

NAME = "purchases.jsonl"
BOUGHT, REALISED = "bought", "realised"


@dataclass(frozen=True, slots=True)
class Logged:
    """One purchase: `n` items of an offer for `cost`, its purpose, and the expected gain with its interval at `level`.

    Gains are in units of the score (0.02: two points). `plan` is the run of the plan it came from, if there was one.
    """

    date: str
    offer: str
    n: int
    cost: float
    currency: str
    purpose: str
    mean: float
    low: float
    high: float
    level: float = 0.95
    metric: str = "balanced_accuracy"
    plan: str = ""

    @property
    def id(self) -> str:
        """A short name of the purchase that depends on all that is said of it."""
        return fingerprint(asdict(self))[:8]


@dataclass(frozen=True, slots=True)
class Realised:
    """What the purchase `id` added as measured by a study: the effect of an arm with its interval."""

    id: str
    date: str
    run: str
    study: str
    domain: str
    arm: str
    comparator: str
    mean: float
    low: float | None
    high: float | None
    decision: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class PurchaseLog:
    """``purchases.jsonl`` of a state folder; lines are added, never changed. A later realised gain overrules."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / NAME

    def add(self, line: Logged | Realised) -> None:
        """Write a purchase or a realised gain down. Raises MachineError."""
        kind = BOUGHT if isinstance(line, Logged) else REALISED
        add_line(self.path, {"schema": 1, "what": kind, **asdict(line)})

    def bought(self) -> dict[str, Logged]:
        """Return all purchases by their id, in the order in which they were made."""
        found = (_read(Logged, line) for line in lines_of(self.path) if line.get("what") == BOUGHT)
        return {one.id: one for one in found if one is not None}

    def realised(self) -> dict[str, Realised]:
        """Return the last realised gain of each purchase that has one."""
        found = (_read(Realised, line) for line in lines_of(self.path) if line.get("what") == REALISED)
        return {one.id: one for one in found if one is not None}


def _read(kind: Any, line: Mapping[str, Any]) -> Any:
    """Return what a line says, None where it lacks something: another program wrote it."""
    known = {name: line[name] for name in kind.__slots__ if name in line}
    try:
        return kind(**known)
    except TypeError:
        return None
