"""Reads real data and synthetic data that the user brings, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.layout import layout_of
from shisaku.store.readers.reader import Reader, Record, TellsNotes

REAL, SYNTHETIC = "real", "synthetic"


@dataclass(frozen=True)
class PairReader:
    """Two folders or tables of one layout; every record gets the fact ``role``: real or synthetic.

    Each is recognised by itself; `label` and `group` name the same columns in both (a synthetic set may
    lack the group). Synthetic records have depth 1 and no parents, so whether they copy a test item can
    only be told by how near they are. Without `real` only the synthetic side is read.

    Example::

        data: {reader: pair, with: {real: photos, synthetic: made, label: class}}
    """

    synthetic: str
    real: str = ""
    label: str = ""
    group: str = ""

    def records(self) -> Iterator[Record]:
        """Give the real records, then the synthetic ones. Raises DataError if a side cannot be read."""
        for role, reader in self._sides():
            for record in reader.records():
                yield replace(
                    record,
                    id=f"{role}/{record.id}",
                    group=f"{role}/{record.group}" if record.group else "",
                    facts={**record.facts, "role": role},
                    depth=int(role == SYNTHETIC),
                )

    def notes(self) -> tuple[Message, ...]:
        """Say how each side was understood."""
        return tuple(note for _, reader in self._sides() if isinstance(reader, TellsNotes) for note in reader.notes())

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("pair", asdict(self))

    def _sides(self) -> Iterator[tuple[str, Reader]]:
        if self.real:
            if Path(self.real).resolve() == Path(self.synthetic).resolve():
                raise DataError(
                    say("The real and the synthetic data are the same folder"),
                    where=self.real,
                    next=say("Give two different folders"),
                )
            yield REAL, self._told(layout_of(Path(self.real)).reader, self.group)
        yield SYNTHETIC, self._told(layout_of(Path(self.synthetic)).reader, "")

    def _told(self, reader: Any, group: str) -> Reader:
        """Return the reader with what the user said in place of what was guessed; not all have such parameters."""
        told = {"label": self.label, "group": group}
        known = {name: value for name, value in told.items() if value and hasattr(reader, name)}
        return cast("Reader", replace(reader, **known))
