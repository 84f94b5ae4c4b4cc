"""Reads a dataset with another one beside it, so that one audit can compare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.registry.doors import READERS
from shisaku.registry.make import make_behind
from shisaku.store.layout import layout_of
from shisaku.store.readers.reader import Reader, Record, TellsNotes

OWN, AGAINST, ROLE = "own", "against", "role"


@dataclass(frozen=True)
class BesideReader:
    """What the reader `own` (with its parameters `params`) gives, then what is found at `against`.

    Records bear the fact ``role``: own or against; ids of the other dataset begin with ``against/``.

    Example::

        data: {reader: beside, with: {own: folder, params: {path: photos}, against: benchmark}}
    """

    own: str
    against: str
    params: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    group: str = ""

    def records(self) -> Iterator[Record]:
        """Give the own records, then the others. Raises DataError if a side cannot be read."""
        for record in self._own().records():
            yield replace(record, facts={**record.facts, ROLE: OWN})
        for record in self._other().records():
            group = f"{AGAINST}/{record.group}" if record.group else ""
            yield replace(record, id=f"{AGAINST}/{record.id}", group=group, facts={**record.facts, ROLE: AGAINST})

    def notes(self) -> tuple[Message, ...]:
        """Say how each side was understood."""
        sides = (self._own(), self._other())
        return tuple(note for reader in sides if isinstance(reader, TellsNotes) for note in reader.notes())

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("beside", self.own, dict(self.params), self.against)

    def _own(self) -> Reader:
        reader: Reader = make_behind(READERS, self.own, self.params)
        return reader

    def _other(self) -> Reader:
        mine = next((self.params[name] for name in ("path", "data_dir") if name in self.params), "")
        if mine and Path(str(mine)).resolve() == Path(self.against).resolve():
            raise DataError(say("The data are compared with themselves"), self.against, next=say("Give another path"))
        other: Reader = layout_of(Path(self.against)).reader
        return other
