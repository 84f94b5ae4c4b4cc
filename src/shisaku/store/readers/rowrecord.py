"""A row of a table and the files it names, as a Record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from shisaku.core.sample import UNKNOWN, Kind
from shisaku.message import Message, say
from shisaku.store.readers.columns import answers_for
from shisaku.store.readers.inside import inside
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.rows import Row
from shisaku.store.readers.walk import kind_of

LICENCE = ("licence", "license")
CONSENT = ("consent",)
MEDIA = ("image", "audio", "video")


@dataclass(frozen=True, slots=True)
class RowPlan:
    """Which columns mean what. `media` maps a part to its column; the part ``""`` is named by the file's kind.

    Columns ``<label>/<annotator>`` are what that annotator says of the label; where no label is told, those of a
    usual name are taken. Columns that mean nothing here become facts of the sample.
    """

    root: Path
    media: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    label: str = ""
    group: str = ""
    id: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    def record(self, id_: str, row: Row, held: Mapping[str, RawPart] | None = None) -> Record:
        """Return the record of a row, with its problem if it has one; `held` are parts that the row holds itself."""
        if row.problem:
            return Record(id_, problem=row.problem)
        parts = dict(held or {})
        for name, column in self.media.items():
            given = row.cell(column)
            if not given:
                continue
            path = inside(self.root, given)
            kind = name or kind_of(given)
            if isinstance(path, Message):
                return Record(id_, problem=path)
            if kind not in (*MEDIA, "text"):
                return Record(id_, problem=unread(given))
            parts[kind] = RawPart(cast("Kind", kind), path, self.lang if kind == "text" else "")
        if row.cell(self.text):
            parts["text"] = RawPart("text", row.cell(self.text), self.lang)
        label = row.cell(self.label)
        return Record(
            id=id_,
            parts=parts,
            labels={**({self.label: label} if label else {}), **self._answers(row)},
            group=row.cell(self.group),
            licence=self._said(row, LICENCE, self.licence),
            consent=self._said(row, CONSENT, self.consent),
            facts=self._facts(row),
            problem=None if parts else say("The row names no file and has no text"),
        )

    def _said(self, row: Row, columns: tuple[str, ...], fixed: str) -> str:
        if fixed != UNKNOWN:
            return fixed
        return next((row.cell(column) for column in columns if row.cell(column)), UNKNOWN)

    def _answers(self, row: Row) -> dict[str, str]:
        columns = [column for column in row.cells if answers_for(column, self.label)]
        return {column: row.cell(column) for column in columns if row.cell(column)}

    def _facts(self, row: Row) -> dict[str, str]:
        meant = {*self.media.values(), self.text, self.label, self.group, self.id, *LICENCE, *CONSENT}
        meant |= self._answers(row).keys()
        return {column: row.cell(column) for column in row.cells if column not in meant and row.cell(column)}


def unread(name: str) -> Message:
    """Return why a file of an unknown kind is not read."""
    return say("{name} is neither an image, a recording, a video nor a text", name=name)
