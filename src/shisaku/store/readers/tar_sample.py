"""The members of a tar that share a key, as one Record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast

from shisaku.core.sample import Kind
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.encodings import decode_text
from shisaku.store.readers.cells import Row, as_text
from shisaku.store.readers.columns import GROUPS, LABELS, TEXTS, first_named
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.record_json import FIELD, WORDS
from shisaku.store.readers.rowrecord import RowPlan
from shisaku.store.readers.sniff import sniff
from shisaku.store.readers.tar_members import Member
from shisaku.store.readers.walk import kind_of
from shisaku.store.readers.whole import Source, whole_record

AUTO = "auto"
KEY = re.compile(r"((?:.*/)?[^./][^./]*)\.([^/]+)")
CLASS, ABOUT, UNREAD = "cls", "json", "members_not_read"
TEXT = ("txt", "text", "caption", "transcript")


class Parameters(Protocol):
    """What the reader was told."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def group(self) -> str: ...  # noqa: D102
    @property
    def lang(self) -> str: ...  # noqa: D102
    @property
    def licence(self) -> str: ...  # noqa: D102
    @property
    def consent(self) -> str: ...  # noqa: D102


def key_of(name: str) -> tuple[str, str]:
    """Return (key, suffix) of a member: the name up to the first dot of its last part, and what follows that dot.

    Two empty texts where a file has no such name. (WebDataset format, "the files of a sample share a basename".)
    """
    found = KEY.fullmatch(name)
    return (found[1], found[2].lower()) if found else ("", "")


class TarSample:
    """Collects the members of one key."""

    def __init__(self, told: Parameters, key: str) -> None:
        self.told, self.key = told, key
        self._members: dict[str, bytes] = {}
        self._about: Mapping[str, Any] = {}
        self._problem: Message | None = None

    def add(self, member: Member) -> None:
        """Add a member."""
        suffix = key_of(member.name)[1]
        if suffix in self._members:
            self._problem = say("Two members are called {name}", name=member.name)
        self._members[suffix] = member.data
        if suffix == ABOUT:
            self._read(member)

    def is_whole(self) -> bool:
        """Say whether shisaku wrote it."""
        return isinstance(self._about.get(FIELD), Mapping)

    def taken(self) -> tuple[str, str, str]:
        """Return (label, group, text): the keys of the JSON that have these meanings, by the reader or by name."""
        keys = list(self._about)
        told = self.told
        label = CLASS if CLASS in self._members else first_named(keys, LABELS)
        label = label if told.label == AUTO else told.label
        group = first_named(keys, GROUPS) if told.group == AUTO else told.group
        return label, group, first_named(keys, TEXTS) if told.text == AUTO else told.text

    def record(self, before: str) -> Record:
        """Return the record; `before` comes before the key in its id."""
        id_ = before + self.key
        about = self._about
        if self._problem:
            return Record(id_, problem=self._problem)
        if self.is_whole():
            return whole_record(about[FIELD], id_, self._source)
        parts, texts, unread = self._parts()
        label, group, text = self.taken()
        tables = {key: value for key, value in about.items() if isinstance(value, dict | list)}
        parts |= {key: RawPart("table", json.dumps(value, ensure_ascii=False)) for key, value in tables.items()}
        cells = {key: as_text(value) for key, value in about.items() if key not in tables}
        cells |= texts | ({UNREAD: ", ".join(unread)} if unread else {})
        plan = RowPlan(
            root=Path(),
            text="" if "text" in parts else text,
            label=label,
            group=group,
            lang=self.told.lang,
            licence=self.told.licence,
            consent=self.told.consent,
        )
        return plan.record(id_, Row(0, cells), parts)

    def _parts(self) -> tuple[dict[str, RawPart], dict[str, str], list[str]]:
        """Return the parts, the cells, and the members that are neither."""
        parts: dict[str, RawPart] = {}
        cells: dict[str, str] = {}
        unread: list[str] = []
        kinds = {suffix: _kind(suffix, data) for suffix, data in self._members.items()}
        for suffix, data in self._members.items():
            kind = kinds[suffix]
            if suffix == CLASS:
                cells[CLASS] = data.decode("utf-8", "replace").strip()
            elif kind:
                alone = list(kinds.values()).count(kind) == 1
                name = suffix.rpartition(".")[0] or (kind if alone else suffix)
                parts[name] = RawPart(kind, data, self.told.lang if kind == "text" else "")
            elif suffix != ABOUT:
                unread.append(suffix)
        return parts, cells, unread

    def _read(self, member: Member) -> None:
        try:
            held = json.loads(member.data)
        except (ValueError, RecursionError):
            self._problem = say("The member {name} is not JSON", name=member.name)
            return
        self._about = held if isinstance(held, Mapping) else {ABOUT: held}

    def _source(self, kind: str, column: str) -> Source | Message:
        data = self._members.get(column)
        if data is None:
            return say("A part is missing in its column")
        try:
            return decode_text(data, "")[0] if kind in WORDS else data
        except DataError as error:
            return error.what


def _kind(suffix: str, data: bytes) -> Kind | None:
    last = suffix.rpartition(".")[2]
    if last in TEXT:
        return "text"
    found = kind_of(f"x.{last}")
    if last == "npy":
        return sniff(data)
    if last == ABOUT:
        return "table" if suffix != ABOUT else None
    return cast("Kind", found) if found in ("image", "audio", "video", "text") else None
