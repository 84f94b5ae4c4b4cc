"""A record as JSON values, for the way from one of our processes to another."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shisaku.message import Message
from shisaku.store.readers.reader import RawPart, Record

TEXT, FILE, BYTES = "text", "file", "bytes"


def record_to_plain(record: Record) -> dict[str, Any]:
    """Return a record as values that ``json`` writes."""
    return {
        "id": record.id,
        "parts": [[name, *_plain_part(part)] for name, part in record.parts.items()],
        "labels": dict(record.labels),
        "about": [record.group, record.licence, record.consent, record.depth, record.canonical],
        "facts": dict(record.facts),
        "problem": record.problem.to_json() if record.problem else None,
        "parents": list(record.parents),
    }


def record_from_plain(held: Mapping[str, Any]) -> Record:
    """Return what `record_to_plain` was given."""
    group, licence, consent, depth, canonical = held["about"]
    return Record(
        held["id"],
        {name: _part(rest) for name, *rest in held["parts"]},
        held["labels"],
        group,
        licence,
        consent,
        held["facts"],
        Message.from_json(held["problem"]) if held["problem"] else None,
        tuple(held["parents"]),
        depth,
        canonical,
    )


def _plain_part(part: RawPart) -> list[Any]:
    return [
        part.kind,
        *_plain_source(part.source),
        part.lang,
        list(part.span) if part.span else None,
        part.clock,
        part.cut,
        part.uri,
    ]


def _plain_source(source: Path | str | bytes) -> tuple[str, str]:
    if isinstance(source, Path):
        return FILE, os.fspath(source)
    if isinstance(source, bytes):
        return BYTES, base64.b64encode(source).decode()
    return TEXT, source


def _part(held: Sequence[Any]) -> RawPart:
    kind, form, source, lang, span, clock, cut, uri = held
    return RawPart(kind, _source(form, source), lang, tuple(span) if span else None, clock, cut, uri)


def _source(form: str, source: str) -> Path | str | bytes:
    if form == FILE:
        return Path(source)
    return base64.b64decode(source) if form == BYTES else source
