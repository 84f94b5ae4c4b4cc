"""What a user's file or folder is: how it was understood, why, what is in it, and what will be a problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from shisaku.core.drop import Failure
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.encodings import read_text
from shisaku.store.job import Job
from shisaku.store.layout import layout_of
from shisaku.store.readers.reader import Record, TellsNotes
from shisaku.store.readers.recognition import Layout
from shisaku.store.sandbox import Sandbox
from shisaku.store.script import language_of

SMALL_CLASS = 10  # 60 % for training and 3 folds leave 5 shots and some test items from 10 entities
LOOKED_AT = 100
LOOKED = ("image", "audio", "video")
TEXTS_READ = 50


@dataclass(frozen=True, slots=True)
class Description:
    """What was found at `path`.

    `n` usable records and `refused` others; `modalities` counts parts by kind; `classes` counts records by
    the value of `label`, `entities` what a split can part (groups) by class, `unlabelled` records without a
    label; `groups` counts entities where `group` is known;
    `megabytes` of files and texts; `seconds` of sound (`estimated` from a part of the files). `why` says
    how the layout was recognised, and `reader` with `params` is what a recipe should hold.
    """

    path: str
    layout: str
    why: tuple[Message, ...]
    reader: str
    params: Mapping[str, Any]
    n: int
    refused: int
    modalities: Mapping[str, int]
    label: str = ""
    classes: Mapping[str, int] = field(default_factory=dict)
    entities: Mapping[str, int] = field(default_factory=dict)
    unlabelled: int = 0
    group: str = ""
    groups: int = 0
    lang: str = ""
    megabytes: float = 0.0
    seconds: float = 0.0
    estimated: bool = False
    problems: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the plain form, with every message as data and as English text."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        for name in ("why", "problems", "notes"):
            plain[name] = [message.with_text() for message in plain[name]]
        return {
            **plain,
            "params": dict(self.params),
            "classes": dict(self.classes),
            "entities": dict(self.entities),
            "modalities": dict(self.modalities),
        }


def describe(path: Path | str) -> Description:
    """Look at a file or folder without changing or decoding it whole; headers of up to 100 media files are opened.

    Raises DataError where nothing can be read, with what to do about it.
    """
    place = Path(path).expanduser()
    layout = layout_of(place)
    records = list(layout.reader.records())
    usable = [record for record in records if not record.problem]
    refused = [record for record in records if record.problem]
    seconds, estimated, unreadable = _look(usable)
    lang = language_of(_texts(usable))
    params = _params(layout, lang)
    label = getattr(layout.reader, "label", "")
    classes = Counter(record.labels[label] for record in usable if label in record.labels)
    group = getattr(layout.reader, "group", "")
    described = Description(
        path=str(place),
        layout=layout.name,
        why=layout.why,
        reader=layout.door,
        params=params,
        n=len(usable),
        refused=len(refused),
        modalities=dict(Counter(part[0] for record in usable for part in record.parts.values())),
        label=label if classes else "",
        classes=dict(sorted(classes.items())),
        entities=_entities(label, usable),
        unlabelled=len(usable) - classes.total(),
        group=group,
        groups=len({record.group or record.id for record in usable}) if group else 0,
        lang=lang,
        megabytes=_bytes(usable) / 1e6,
        seconds=seconds,
        estimated=estimated,
        notes=layout.reader.notes() if isinstance(layout.reader, TellsNotes) else (),
    )
    found = [*layout.problems, *_problems(described, usable), *_refusals(refused), *unreadable]
    return replace(described, problems=tuple(found))


def _params(layout: Layout, lang: str) -> dict[str, Any]:
    """Return the reader's parameters that differ from its defaults, with the language that was found."""
    reader = layout.reader
    held = {f.name: (getattr(reader, f.name), f.default) for f in fields(reader)}
    changed = {name: value for name, (value, default) in held.items() if value != default}
    return {**changed, "lang": lang} if lang else changed


def _problems(seen: Description, records: Sequence[Record]) -> list[Message]:
    """Say what stands in the way of a study."""
    if not records:
        return [say("No record can be used")]
    if not seen.classes:
        return [say("Nothing is labelled: prototypes can be made and checked, but no study can be run")]
    said = []
    if seen.unlabelled:
        said.append(say("{n} of {all} records have no label", n=seen.unlabelled, all=seen.n))
    if len(seen.classes) == 1:
        said.append(say("There is only one class ({name}): a study needs two", name=next(iter(seen.classes))))
    small = [f"{name} ({n})" for name, n in seen.entities.items() if n < SMALL_CLASS]
    if small:
        said.append(
            say(
                "Too few separate items for a study, {least} are needed: {classes}",
                least=SMALL_CLASS,
                classes=", ".join(small[:10]),
            )
        )
    return said


def _entities(label: str, records: Sequence[Record]) -> dict[str, int]:
    """Count what a split can part: groups, or records without one, by class."""
    held: dict[str, set[str]] = {}
    for record in records:
        if label in record.labels:
            held.setdefault(record.labels[label], set()).add(record.group or record.id)
    return {name: len(held[name]) for name in sorted(held)}


def _refusals(records: Sequence[Record]) -> list[Message]:
    if not records:
        return []
    first = records[0]
    return [
        say(
            "{n} records cannot be used; the first: {id}: {reason}",
            n=len(records),
            id=first.id,
            reason=str(first.problem),
        )
    ]


def _look(records: Sequence[Record]) -> tuple[float, bool, list[Message]]:
    """Open headers of evenly spread files: seconds of sound in all, whether estimated, and what cannot be opened."""
    media = [(record.id, kind, source) for record in records for kind, source, *_ in record.parts.values()]
    files = [(id_, kind, source) for id_, kind, source in media if kind in LOOKED and isinstance(source, Path)]
    if not files:
        return 0.0, False, []
    step = max(1, -(-len(files) // LOOKED_AT))
    some = files[::step]
    with Sandbox() as box:
        seen = list(box.map(Job(f"look {kind}", source) for _, kind, source in some))
    heard = [float(one.facts["seconds"]) for one in seen if not isinstance(one, Failure) and "seconds" in one.facts]
    sounds = sum(kind == "audio" for _, kind, _ in files)
    seconds = sum(heard) / len(heard) * sounds if heard else 0.0
    failed = [(id_, one.reason) for (id_, _, _), one in zip(some, seen, strict=True) if isinstance(one, Failure)]
    if not failed:
        return seconds, step > 1, []
    said = say(
        "{n} of {all} files looked at cannot be read; the first: {id}: {reason}",
        n=len(failed),
        all=len(some),
        id=failed[0][0],
        reason=str(failed[0][1]),
    )
    return seconds, step > 1 or bool(failed), [said]


def _texts(records: Sequence[Record]) -> list[str]:
    sources = [source for record in records for kind, source, *_ in record.parts.values() if kind == "text"]
    texts = [source for source in sources if isinstance(source, str)]
    for source in [source for source in sources if isinstance(source, Path)][:TEXTS_READ]:
        with suppress(DataError):  # ingest will say which file it is, and why
            texts.append(read_text(source)[0])
    return texts


def _bytes(records: Sequence[Record]) -> int:
    total = 0
    for record in records:
        for _, source, *_ in record.parts.values():
            with suppress(OSError):
                total += source.stat().st_size if isinstance(source, Path) else len(source)
    return total
