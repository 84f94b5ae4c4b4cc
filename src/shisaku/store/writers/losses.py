"""Counts what a format cannot carry, so that a writer says it once and with its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from shisaku.core.sample import UNKNOWN, Sample
from shisaku.message import Message, say

FIELDS = ("labels", "group", "licence", "consent", "facts", "parents", "depth")


class Losses:
    """Notes losses sample by sample; `messages` says each kind once."""

    def __init__(self) -> None:
        self._parts: Counter[tuple[str, str]] = Counter()
        self._fields: Counter[str] = Counter()
        self._times: Counter[str] = Counter()
        self._left_out: dict[str, tuple[Message, int]] = {}

    @property
    def left_out(self) -> int:
        """How many samples were not written."""
        return sum(n for _, n in self._left_out.values())

    def leave_out(self, reason: Message) -> None:
        """Note a sample that could not be written."""
        first, n = self._left_out.get(str(reason), (reason, 0))
        self._left_out[str(reason)] = (first, n + 1)

    def part(self, name: str, kind: str) -> None:
        """Note a part that was not carried."""
        self._parts[name, kind] += 1

    def field(self, name: str) -> None:
        """Note a field of a sample, or one fact or label of it, that was not carried."""
        self._fields[name] += 1

    def rest(self, sample: Sample, carried: Iterable[str] = (), parts: Iterable[str] = ()) -> None:
        """Note every field but `carried`, and every part but `parts`, that says something in `sample`."""
        kept, written = frozenset(carried), frozenset(parts)
        for name in FIELDS:
            value = getattr(sample, name)
            if name not in kept and value and value != UNKNOWN:
                self.field(name)
        for name, part in sample.parts.items():
            if name not in written:
                self.part(name, part.kind)
            elif part.span is not None or part.clock:
                self._times[name] += "times" not in kept

    def messages(self) -> tuple[Message, ...]:
        """Return the losses, most frequent first, in the order of parts, fields, samples."""
        said = [
            say("{n} parts {name} ({kind}) are not carried by this format", n=n, name=name, kind=kind)
            for (name, kind), n in self._parts.most_common()
        ]
        said += [
            say("{field} of {n} samples is not carried by this format", field=name, n=n)
            for name, n in self._fields.most_common()
        ]
        said += [
            say("The time span and clock of {n} parts {name} are not carried by this format", n=n, name=name)
            for name, n in self._times.most_common()
            if n
        ]
        said += [
            say("{n} samples were left out: {reason}", n=n, reason=reason) for reason, n in self._left_out.values()
        ]
        return tuple(said)
