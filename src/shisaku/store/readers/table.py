"""Reads a table whose rows hold texts, or name image and sound files beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.inside import plain_name
from shisaku.store.readers.reader import Record
from shisaku.store.readers.rowrecord import RowPlan
from shisaku.store.readers.rows import Rows, read_rows


@dataclass(frozen=True)
class TableReader:
    """A CSV, TSV, JSONL, JSON or Parquet file, one sample a row.

    `text`, `image` and `audio` name the columns that become the parts ``text``, ``image`` and ``audio``
    (media paths count from the table's folder and may not leave it); at least one is needed. `label`,
    `group` and `id` name columns too; without `id`, rows are numbered. `lang` is the language of the
    texts (BCP 47). `licence` and `consent` hold for every row, unless left unknown and the table has
    columns of these names. All other columns become facts.

    Example::

        data: {reader: table, with: {path: reviews.csv, text: body, label: rating, lang: ja}}
    """

    path: str
    text: str = ""
    image: str = ""
    audio: str = ""
    label: str = ""
    group: str = ""
    id: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    def records(self) -> Iterator[Record]:
        """Give one record per row. Raises DataError for a table or column that is not there."""
        table = self._table()
        media = {part: column for part, column in (("image", self.image), ("audio", self.audio)) if column}
        plan = RowPlan(
            root=table.path.parent,
            media=media,
            text=self.text,
            label=self.label,
            group=self.group,
            id=self.id,
            lang=self.lang,
            licence=self.licence,
            consent=self.consent,
        )
        for number, row in enumerate(table.rows, 1):
            given = plain_name(row.cell(self.id)) if self.id else ""
            yield plan.record(given or f"row-{number:06d}", row)

    def notes(self) -> tuple[Message, ...]:
        """Say how the table was read, if not as UTF-8."""
        return self._table().notes

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("table", asdict(self))

    def _table(self) -> Rows:
        table = read_rows(Path(self.path).expanduser())
        named = {"text": self.text, "image": self.image, "audio": self.audio}
        if not any(named.values()):
            raise DataError(
                say("Nothing says what to read from the table; its columns are: {has}", has=", ".join(table.columns)),
                str(table.path),
                next=say("Give text=, image= or audio= one of these columns"),
            )
        table.require({**named, "label": self.label, "group": self.group, "id": self.id})
        return table
