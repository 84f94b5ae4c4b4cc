"""What a Metric says about a set of samples, where no single one is to blame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from shisaku.message import Message

Weight = Literal["bad", "warn", "note"]
WEIGHTS: tuple[Weight, ...] = ("bad", "warn", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is so of a whole dataset: a class nearly empty, a label that brightness gives away, a gap.

    `what` says it with its figures, `next` what to do about it. `weight` is ``bad`` (mend it before you spend
    anything), ``warn`` (look at it) or ``note`` (good to know, or passed). `value` is the figure it rests on with its
    interval `low` to `high` (None: has none), measured on `n` samples; `samples` are examples, worst first. `table`
    holds rows of plain values for a page or a plot (a coverage table, a curve).
    """

    name: str
    what: Message
    weight: Weight
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    next: Message | None = None
    samples: tuple[str, ...] = ()
    table: tuple[dict[str, Any], ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return the plain form that is written into runs, with every message as data and as English text."""
        told = self.what.with_text()
        then = self.next.with_text() if self.next else None
        plain = {name: getattr(self, name) for name in ("name", "weight", "value", "low", "high", "n")}
        return {**plain, "what": told, "next": then, "samples": list(self.samples), "table": list(self.table)}
