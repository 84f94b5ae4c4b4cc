"""One look through a reader's records before anything is decoded."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.message import Message, say
from shisaku.store.readers.inside import plain_name
from shisaku.store.readers.reader import Reader, Record


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look through a reader's records tells: how many, what they are, and which ids come twice.

    Records are read a second time to be decoded; held at once they would grow with the data.
    """

    n: int
    digest: str
    ids: Counter[str]

    @classmethod
    def of(cls, reader: Reader) -> Seen:
        """Look at every record once."""
        ids: Counter[str] = Counter()
        digest = hashlib.sha256()
        for record in reader.records():
            ids[record.id] += 1
            digest.update(fingerprint(_identity(record)).encode())
        return cls(ids.total(), digest.hexdigest(), ids)

    def notes(self) -> list[Message]:
        """Say what became of ids that occur more than once."""
        twice = [name for name, n in self.ids.items() if n > 1]
        if not twice:
            return []
        return [
            say(
                "{n} ids occur more than once (first: {id}); the later ones got #2, #3 ..., "
                "and each such id is one group",
                n=len(twice),
                id=twice[0],
            )
        ]

    def named(self, records: Iterable[Record]) -> Iterator[Record]:
        """Give every record an id of its own; records of one id are one entity, or a split could part them."""
        seen: Counter[str] = Counter()
        taken: set[str] = set()
        for record in records:
            if self.ids[record.id] == 1:
                yield record
                continue
            seen[record.id] += 1
            number = seen[record.id]
            name = record.id if number == 1 else f"{record.id}#{number}"
            while number > 1 and (name in taken or name in self.ids):
                name += "#"
            taken.add(name)
            yield replace(record, id=name, group=record.group or record.id)


def _identity(record: Record) -> list[Any]:
    parts = {
        name: [raw.kind, _source(raw.source), raw.lang, raw.span, raw.clock, *([raw.cut] if raw.cut else [])]
        for name, raw in record.parts.items()
    }
    about = [record.labels, record.group, record.licence, record.consent, record.facts, record.parents, record.depth]
    return [record.id, parts, about, record.problem.to_json() if record.problem else None]


def _source(source: Path | str | bytes) -> list[Any]:
    if isinstance(source, bytes):
        return ["bytes", hashlib.sha256(source).hexdigest()]
    if isinstance(source, str):
        return ["text", source]
    try:
        about = source.stat()
    except OSError:
        return ["missing", plain_name(os.fspath(source))]
    return ["file", plain_name(os.fspath(source)), about.st_size, about.st_mtime_ns]
