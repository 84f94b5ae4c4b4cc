"""Reads a folder of images, recordings or texts, with or without a metadata table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import cast

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN, Kind
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.listing import listed
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.rowrecord import RowPlan, unread
from shisaku.store.readers.rows import Rows, read_rows
from shisaku.store.readers.walk import Survey, survey

CLASS, FOLDER = "class", "folder"
SPLITS = frozenset({"train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval"})


@dataclass(frozen=True)
class FolderReader:
    """A folder of media, one sample a file.

    Without a metadata table the label is the sub-folder at `level` (1: the outermost, -1: the innermost)
    and is called `label`. Outermost folders that are all called train, test and the like are splits, not
    classes, and become the fact ``split``. With a table ``metadata.csv`` (or .tsv, .jsonl, .parquet) that
    has a column `file` (``file_name``) beside the media, `label`, `group` and `text` name its columns;
    where it has no column ``class``, the default label stays the sub-folder. `group` may also be
    ``folder``: files of one innermost folder belong together. `kind` limits what is read (image, audio or
    text); otherwise texts are read only where there are no media. `lang` is the language of the texts.
    Other columns become facts. An empty `label` reads no label.

    Example::

        data: {reader: folder, with: {path: photos, label: class, group: patient}}
    """

    path: str
    label: str = CLASS
    group: str = ""
    text: str = ""
    lang: str = ""
    kind: str = ""
    level: int = 1
    file: str = "file_name"
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    def records(self) -> Iterator[Record]:
        """Give one record per file (or row of the table). Raises DataError for a wrong folder, column or table."""
        found = survey(Path(self.path).expanduser())
        tables = self._tables(found)
        if not tables:
            self._refuse_columns(found)
        places = _Places(self.label, self.group, self.level, _are_splits(found, self._kinds(found)))
        yield from self._listed(found, tables, places) if tables else self._plain(found, places)

    def notes(self) -> tuple[Message, ...]:
        """Say what was passed over and how the tables were read."""
        found = survey(Path(self.path).expanduser())
        said = [note for table in self._tables(found) for note in table.notes]
        for suffix, n in sorted(found.passed_over(("link", *self._kinds(found))).items()):
            said.append(say("{n} files were passed over: {suffix}", n=n, suffix=suffix))
        if found.hidden:
            said.append(say("{n} hidden files were passed over", n=found.hidden))
        return tuple(said)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("folder", asdict(self))

    def _kinds(self, found: Survey) -> tuple[str, ...]:
        if self.kind:
            return (self.kind,)
        return ("image", "audio", "video") if found.of("image", "audio", "video") else ("text",)

    def _tables(self, found: Survey) -> list[Rows]:
        tables = [read_rows(table.path) for table in found.tables()]
        for table in tables:
            label = "" if self.label == CLASS else self.label
            group = "" if self.group == FOLDER else self.group
            table.require({"file": self.file, "label": label, "group": group, "text": self.text})
        return tables

    def _refuse_columns(self, found: Survey) -> None:
        for parameter, column in (("group", self.group), ("text", self.text)):
            if column and (parameter, column) != ("group", FOLDER):
                raise DataError(
                    say(
                        "There is no metadata table, so no column {column} for {parameter}",
                        column=column,
                        parameter=parameter,
                    ),
                    str(found.root),
                    next=say(
                        "Put a metadata.csv with the columns {file} and {column} beside the files",
                        file=self.file,
                        column=column,
                    ),
                )

    def _plain(self, found: Survey, places: _Places) -> Iterator[Record]:
        for file in found.of("link", *self._kinds(found)):
            if file.problem or file.kind == "link":
                yield Record(file.name, problem=file.problem or unread(file.name))
                continue
            part = RawPart(cast("Kind", file.kind), file.path, self.lang if file.kind == "text" else "")
            record = Record(file.name, {file.kind: part}, licence=self.licence, consent=self.consent)
            yield places.put(record, by_folder=True)

    def _listed(self, found: Survey, tables: list[Rows], places: _Places) -> Iterator[Record]:
        seen: set[str] = set()
        for table in tables:
            plan = self._plan(table)
            for one in listed(found, table, self.file):
                seen.add(one.name)
                record = Record(one.name, problem=one.problem) if one.problem else plan.record(one.name, one.row)
                yield record if record.problem else places.put(record, by_folder=not plan.label)
        for file in found.of("link", *self._kinds(found)):
            if file.name not in seen:
                yield Record(file.name, problem=file.problem or say("The file is not listed in the metadata table"))

    def _plan(self, table: Rows) -> RowPlan:
        return RowPlan(
            root=table.path.parent,
            media={"": self.file},
            text=self.text,
            label=self.label if table.has_label(self.label) else "",
            group=self.group if self.group in table.columns else "",
            lang=self.lang,
            licence=self.licence,
            consent=self.consent,
        )


@dataclass(frozen=True, slots=True)
class _Places:
    """What the folders of a file say about it."""

    label: str
    group: str
    level: int
    splits: bool

    def put(self, record: Record, by_folder: bool) -> Record:
        folders = tuple(record.id.split("/")[:-1])
        inner = folders[1:] if self.splits else folders
        facts = {**record.facts, "split": folders[0]} if self.splits and folders else record.facts
        at = self.level - 1 if self.level > 0 else self.level
        has = by_folder and self.label and -len(inner) <= at < len(inner)
        labels = {self.label: inner[at]} if has else record.labels
        # The outermost folder is the class, not an entity, unless the label comes from elsewhere.
        least = 2 if by_folder and self.label else 1
        by_group = self.group == FOLDER and not record.group and len(inner) >= least
        return replace(record, labels=labels, facts=facts, group="/".join(inner) if by_group else record.group)


def _are_splits(found: Survey, kinds: tuple[str, ...]) -> bool:
    outermost = {file.folders[0].lower() for file in found.of(*kinds) if file.folders}
    return bool(outermost) and outermost <= SPLITS
