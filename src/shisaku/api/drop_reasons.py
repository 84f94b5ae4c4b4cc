"""What left, grouped by why: thousands of file names make one reason, with one example."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shisaku.message import Message

OTHER = "…"


@dataclass(frozen=True, slots=True)
class Reason:
    """`n` samples left for one `reason` (English); `sample` is the first of them, and `text` what was said of it."""

    reason: str
    n: int
    sample: str
    text: str


def by_reason(drops: Iterable[tuple[str, Message]]) -> list[Reason]:
    """Group (sample, why) by template, most frequent first; a value that differs within a group becomes an ellipsis."""
    groups: dict[str, _Group] = {}
    for sample, why in drops:
        key = _key(why)
        if key in groups:
            groups[key].add(why)
        else:
            groups[key] = _Group(sample, why)
    found = [Reason(group.text(), group.n, group.sample, str(group.first)) for group in groups.values()]
    return sorted(_different(found), key=lambda one: (-one.n, one.reason))


class _Group:
    def __init__(self, sample: str, why: Message) -> None:
        self.sample, self.first, self.n = sample, why, 1
        self._same: dict[str, Any] = dict(why.values)

    def add(self, why: Message) -> None:
        self.n += 1
        for name in [name for name, value in self._same.items() if why.values.get(name) != value]:
            del self._same[name]

    def text(self) -> str:
        return _filled(self.first.template, self._same)


def _key(why: Message) -> str:
    """Return what messages of one reason share: the template, and those of the sentences in it."""
    inner = [_key(value) for value in why.values.values() if isinstance(value, Message)]
    says_nothing = not any(text.strip() for text, *_ in string.Formatter().parse(why.template))
    return "\0".join([str(why) if says_nothing else why.template, *inner])


def _filled(template: str, values: Mapping[str, Any]) -> str:
    made = []
    for text, name, form, _ in string.Formatter().parse(template):
        made.append(text)
        if name is not None:
            made.append(format(values[name], form or "") if name in values and form else str(values.get(name, OTHER)))
    return "".join(made)


def _different(reasons: list[Reason]) -> list[Reason]:
    """Join reasons that read the same."""
    held: dict[str, Reason] = {}
    for one in reasons:
        there = held.get(one.reason)
        held[one.reason] = one if there is None else Reason(one.reason, there.n + one.n, there.sample, there.text)
    return list(held.values())
