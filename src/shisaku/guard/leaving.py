"""What would leave, and what the rules say to it, before anything does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shisaku.core.back_end import BackEnd
from shisaku.core.policy import Policy
from shisaku.guard.call import Call
from shisaku.guard.client import request_of
from shisaku.guard.hosts import Host, named
from shisaku.guard.permission import Finders, Rule, judge
from shisaku.message import Message


@dataclass
class Leaving:
    """The calls of one step to one model: how many, of how many samples, which parts, how many bytes, to whom.

    `denied` counts the calls that a rule holds back, with what it said to the first of them.
    """

    step: str
    model: str
    purpose: str
    host: str
    place: str
    calls: int = 0
    allowed: int = 0
    bytes: int = 0
    samples: set[str] = field(default_factory=set)
    fields: dict[str, int] = field(default_factory=dict)
    denied: dict[Rule, tuple[int, Message]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        rules = {rule: {"calls": n, "said": said.to_json()} for rule, (n, said) in self.denied.items()}
        names = ("step", "model", "purpose", "host", "place", "calls", "allowed", "bytes")
        return {
            **{name: getattr(self, name) for name in names},
            "samples": len(self.samples),
            "fields": dict(self.fields),
            "denied": rules,
        }


def leaving(
    calls: Iterable[Call],
    back_ends: Mapping[str, BackEnd],
    policy: Policy,
    finders: Finders,
    hosts: Mapping[str, Host] | None = None,
) -> list[Leaving]:
    """Return, for every step and model, what would leave; `hosts` are by the model's name, as `host_of` found them."""
    found: dict[tuple[str, str, str], Leaving] = {}
    for call in calls:
        back_end = back_ends[call.model]
        host = (hosts or {}).get(call.model) or named(back_end)
        key = (call.step, call.model, call.purpose)
        place = ("?", "outside") if host is None else (host.name, host.place)
        row = found.setdefault(key, Leaving(*key, *place))
        _count(row, call)
        judgement = judge(call, back_end, policy, finders, host)
        if judgement.denied is None:
            row.allowed += 1
        else:
            rule = judgement.asked[-1]
            n, said = row.denied.get(rule, (0, judgement.denied))
            row.denied[rule] = (n + 1, said)
    return list(found.values())


def _count(row: Leaving, call: Call) -> None:
    row.calls += 1
    row.bytes += len(request_of(call).content)
    for part in call.sent:
        row.samples.add(part.sample)
        row.fields[part.field] = row.fields.get(part.field, 0) + len(part.data)
