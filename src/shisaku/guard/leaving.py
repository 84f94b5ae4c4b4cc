"""What would leave of one step to one model, and what the rules say to it, before anything does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shisaku.core.back_end import BackEnd
from shisaku.guard.call import Call
from shisaku.guard.client import request_of
from shisaku.guard.spending import charges, price
from shisaku.message import Message


@dataclass
class Leaving:
    """The calls of one step to one model for one purpose.

    Of `calls`, so many are `answered` in the journal already, so many are the same request as another (`repeated`),
    and a rule holds back those in `denied`, with what it said to the first of them (``connection``: the host is not
    known). The others would leave: `bytes` and `prices` have an entry for each, the latter the most that it can cost,
    and `samples` and `fields` (bytes by part) are of these alone. Without `looked_up` nobody asked where the host's
    name leads; it was judged as outside, which is the strictest.
    """

    step: str
    model: str
    purpose: str
    host: str
    place: str
    looked_up: bool
    currency: str = ""
    calls: int = 0
    answered: int = 0
    repeated: int = 0
    samples: set[str] = field(default_factory=set)
    fields: dict[str, int] = field(default_factory=dict)
    denied: dict[str, tuple[int, Message]] = field(default_factory=dict)
    bytes: list[int] = field(default_factory=list)
    prices: list[float] = field(default_factory=list)

    def deny(self, rule: str, said: Message) -> None:
        """Count a call that is held back."""
        n, first = self.denied.get(rule, (0, said))
        self.denied[rule] = (n + 1, first)

    def leave(self, call: Call, back_end: BackEnd) -> None:
        """Count a call that would be sent."""
        self.bytes.append(len(request_of(call).content))
        if charges(back_end.prices):
            self.currency = back_end.prices.currency
            self.prices.append(price(call.units, back_end.prices))
        for part in call.sent:
            self.samples.add(part.sample)
            self.fields[part.field] = self.fields.get(part.field, 0) + len(part.data)

    def to_json(self) -> dict[str, Any]:
        """Return the plain form; `at_most` is None where the model has no prices."""
        names = ("step", "model", "purpose", "host", "place", "looked_up", "calls", "answered", "repeated")
        return {
            **{name: getattr(self, name) for name in names},
            "leave": len(self.bytes),
            "bytes": sum(self.bytes),
            "samples": len(self.samples),
            "fields": dict(self.fields),
            "at_most": sum(self.prices) if self.prices else None,
            "currency": self.currency,
            "denied": {rule: {"calls": n, "said": said.to_json()} for rule, (n, said) in self.denied.items()},
        }
