"""Reads NeMo manifests: a JSON line per utterance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.inside import inside, plain_name
from shisaku.store.readers.json_stream import Item, first_items, json_items
from shisaku.store.readers.plain_facts import plain_facts
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout

AUDIO = "audio_filepath"
MEANT = frozenset((AUDIO, "duration", "offset", "text", "lang", "speaker"))


@dataclass(frozen=True)
class NemoReader:
    """A NeMo manifest, or a folder of them: part `audio` and, where a line has a `text`, part `text`.

    A line with an `offset` (seconds) means only that piece of its file, `duration` seconds long. `speaker` is the
    group, `lang` the language of the text (where lines say none: the parameter `lang`), everything else facts.
    Paths count from `root` (default: the manifest's folder) and may not leave it. With more than one manifest the
    fact ``manifest`` says where a line came from.
    Format: https://docs.nvidia.com/nemo-framework/user-guide/latest/nemotoolkit/asr/datasets.html

    Example::

        data: {reader: nemo, with: {path: train_manifest.json, root: /corpora, lang: de}}
    """

    path: str
    root: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout if the first line of a manifest names an audio file."""
        found = _manifests(path)
        if not found:
            return None
        names = ", ".join(manifest.name for manifest in found[:4])
        why = say("{names}: JSON lines with {key}, as NeMo writes them", names=names, key=AUDIO)
        return Layout("NeMo manifest", (why,), cls(str(path)), strength=CERTAIN)

    def records(self) -> Iterator[Record]:
        """Give one record per line. Raises DataError if there is no manifest."""
        path = Path(self.path).expanduser()
        found = [path] if path.is_file() else _manifests(path)
        if not found:
            raise DataError(
                say("There is no manifest here"),
                str(path),
                next=say("Give a file of JSON lines with the key {key}, or the folder that holds it", key=AUDIO),
            )
        for manifest in found:
            about = {"manifest": plain_name(manifest.name)} if len(found) > 1 else {}
            root = Path(self.root).expanduser() if self.root else manifest.parent
            for item in json_items(manifest):
                yield self._record(item, root, about)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("nemo", asdict(self))

    def _record(self, item: Item, root: Path, about: Mapping[str, str]) -> Record:
        given = item.held.get(AUDIO)
        at = ":".join((*about.values(), f"{item.line:06d}"))
        if item.problem or not isinstance(given, str) or not given:
            return Record(f"line-{at}", problem=item.problem or say("Line {line} names no file", line=item.line))
        span = _span(item.held)
        id_ = plain_name(given) + (f"@{span[0]:g}" if isinstance(span, tuple) else "")
        path = inside(root, given)
        problem = path if isinstance(path, Message) else span if isinstance(span, Message) else None
        if problem or isinstance(path, Message) or isinstance(span, Message):
            return Record(id_, problem=problem)
        audio = RawPart("audio", path, span=span, clock=plain_name(given) if span else "", cut=span is not None)
        text, lang = item.held.get("text"), item.held.get("lang")
        spoken = RawPart("text", text if isinstance(text, str) else "", lang if isinstance(lang, str) else self.lang)
        return Record(
            id_,
            {"audio": audio, **({"text": spoken} if spoken.source else {})},
            group=str(item.held.get("speaker") or ""),
            licence=self.licence,
            consent=self.consent,
            facts={**plain_facts(item.held, MEANT), **about},
        )


def _manifests(path: Path) -> list[Path]:
    files = [path] if path.is_file() else sorted(path.glob("*.json*"))[:64] if path.is_dir() else []
    lines = [file for file in files if file.suffix in (".json", ".jsonl", ".ndjson")]
    return [file for file in lines if any(AUDIO in held for held in first_items(file, 1))]


def _span(held: Mapping[str, Any]) -> tuple[float, float] | Message | None:
    """Return the piece of the file that is meant; None: all of it."""
    offset, duration = held.get("offset"), held.get("duration")
    if offset is None or (offset == 0 and duration is None):
        return None
    if not (_is_time(offset) and _is_time(duration) and duration):
        return say("The offset and the duration are not numbers of seconds")
    return float(offset), float(offset) + float(duration)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
