"""From records to samples: media through the sandbox, texts in their encoding, and a reason for what cannot be."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from shisaku.core.drop import Drop, Failure
from shisaku.core.recipe import ROOT
from shisaku.core.sample import Kind, Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.decoded import Decoded
from shisaku.store.encodings import read_text
from shisaku.store.readers.inside import plain_name
from shisaku.store.readers.reader import Record
from shisaku.store.sandbox import Job, Sandbox
from shisaku.store.shard import ShardResult

OP = "ingest"
TEXT_MB = 4
ENCODING = "encoding"
MEDIA = ("image", "audio")


def decode_records(records: Sequence[Record], box: Sandbox) -> ShardResult:
    """Decode the media of all records side by side, then put the records together: each a Sample or a Drop.

    Facts ``<part>_sha256``, ``<part>_size`` and so on say what the source file was. Empty texts are left out.
    """
    media = [(n, name, part) for n, record in enumerate(records) for name, part in _files(record)]
    outcomes = box.map(Job(kind, Path(path)) for _, _, (kind, path, _) in media)
    decoded = {(n, name): outcome for (n, name, _), outcome in zip(media, outcomes, strict=True)}
    samples: list[Sample] = []
    drops: list[Drop] = []
    for n, record in enumerate(records):
        made = _sample(record, {name: decoded[n, name] for name, _ in _files(record)})
        if isinstance(made, Failure):
            drops.append(Drop(record.id, ROOT, OP, made.reason))
        else:
            samples.append(made)
    return ShardResult(tuple(samples), tuple(drops))


def _files(record: Record) -> list[tuple[str, tuple[Kind, Path | str, str]]]:
    """Return the parts that the sandbox has to decode."""
    return [] if record.problem else [(name, part) for name, part in record.parts.items() if part[0] in MEDIA]


def _sample(record: Record, decoded: Mapping[str, Decoded | Failure]) -> Sample | Failure:
    if record.problem:
        return Failure(record.problem)
    parts: dict[str, Part] = {}
    facts = dict(record.facts)
    for name, (kind, source, lang) in record.parts.items():
        made = decoded[name] if name in decoded else _text(kind, source)
        if isinstance(made, Failure):
            return made
        facts.update({f"{name}_{fact}": value for fact, value in made.facts.items()})
        if made.data:
            uri = plain_name(os.fspath(source)) if isinstance(source, Path) else ""
            parts[name] = Part(kind, made.data, uri=uri, lang=lang)
    if not parts:
        return Failure(say("The text is empty"))
    return Sample(
        id=record.id,
        parts=parts,
        labels=dict(record.labels),
        group=record.group,
        licence=record.licence,
        consent=record.consent,
        facts=facts,
        parents=record.parents,
        depth=record.depth,
    )


def _text(kind: Kind, source: Path | str) -> Decoded | Failure:
    if kind != "text":
        return Failure(say("A part of kind {kind} cannot be read", kind=kind))
    if isinstance(source, str):
        return Decoded(source.encode())
    try:
        text, note = read_text(source, TEXT_MB)
        facts = {"sha256": hashlib.sha256(source.read_bytes()).hexdigest()}
    except (DataError, OSError) as error:
        return Failure(error.what if isinstance(error, DataError) else say("The file cannot be read"))
    if note:
        facts[ENCODING] = "cp932"
    return Decoded(text.replace("\r\n", "\n").strip().encode(), facts)
