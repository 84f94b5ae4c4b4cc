"""From records to samples: media through the sandbox, texts in their encoding, and a reason for what cannot be."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, cast

from shisaku.core.drop import Drop, Failure
from shisaku.core.recipe import ROOT
from shisaku.core.sample import Kind, Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.codecs import encode_table
from shisaku.store.decoded import AGAIN, Decoded
from shisaku.store.encodings import decode_text, read_text
from shisaku.store.job import Job
from shisaku.store.readers.inside import plain_name
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.shard import ShardResult

OP = "ingest"
TEXT_MB = 4
ENCODING = "encoding"
TRACK = "_audio"  # the part that holds the sound of a video part, on the same clock
DECODED: tuple[Kind, ...] = ("image", "audio", "video", "points", "embedding")


class Decodes(Protocol):
    """A sandbox, or what stands in for it inside one."""

    def map(self, jobs: Iterable[Job]) -> Iterator[Decoded | Failure]:
        """Decode files; outcomes come in the order of `jobs`."""
        ...


def decode_records(records: Sequence[Record], box: Decodes) -> ShardResult:
    """Decode the media of all records side by side, then put the records together: each a Sample or a Drop.

    Facts ``<part>_sha256``, ``<part>_size`` and so on say what the source file was, unless the record says so
    itself. Empty texts are left out. The sound of a video becomes a part of its own, ``<part>_audio``.
    """
    jobs = [(n, name, task, part) for n, record in enumerate(records) for name, task, part in _tasks(record)]
    outcomes = box.map(_job(task, part) for _, _, task, part in jobs)
    decoded: dict[int, dict[str, Decoded | Failure]] = {}
    for (n, name, _, _), outcome in zip(jobs, outcomes, strict=True):
        decoded.setdefault(n, {})[name] = outcome
    samples: list[Sample] = []
    drops: list[Drop] = []
    for n, record in enumerate(records):
        made = _sample(record, decoded.get(n, {}))
        if isinstance(made, Failure):
            drops.append(Drop(record.id, ROOT, OP, made.reason))
        else:
            samples.append(made)
    return ShardResult(tuple(samples), tuple(drops))


def _tasks(record: Record) -> Iterator[tuple[str, str, RawPart]]:
    """Give (part, task, source) of everything that the sandbox has to decode."""
    for name, part in record.parts.items() if not record.problem else ():
        if part.kind in DECODED and not isinstance(part.source, str):
            if record.canonical:
                yield name, AGAIN + part.kind, part
                continue
            yield name, part.kind, part
            if part.kind == "video" and name + TRACK not in record.parts:
                yield name + TRACK, "track", part


def _job(task: str, part: RawPart) -> Job:
    return Job(task, cast("Path | bytes", part.source), part.span if part.cut else None)


def _sample(record: Record, decoded: Mapping[str, Decoded | Failure]) -> Sample | Failure:
    if record.problem:
        return Failure(record.problem)
    parts: dict[str, Part] = {}
    seen: dict[str, str] = {}
    for name, raw in record.parts.items():
        made = decoded[name] if name in decoded else _written(raw)
        if isinstance(made, Failure):
            return made
        seen.update({f"{name}_{fact}": value for fact, value in made.facts.items()})
        if made.data or record.canonical:
            uri = plain_name(os.fspath(raw.source)) if isinstance(raw.source, Path) else raw.uri
            parts[name] = Part(raw.kind, made.data, uri, raw.lang, raw.span, raw.clock)
        if raw.kind == "video" and not record.canonical:
            failed = _add_track(name, raw, decoded.get(name + TRACK), parts)
            if failed:
                return failed
    if not parts:
        return Failure(say("The text is empty"))
    return Sample(
        id=record.id,
        parts=parts,
        labels=dict(record.labels),
        group=record.group,
        licence=record.licence,
        consent=record.consent,
        facts=dict(record.facts) if record.canonical else {**seen, **record.facts},
        parents=record.parents,
        depth=record.depth,
    )


def _add_track(name: str, raw: RawPart, sound: Decoded | Failure | None, parts: dict[str, Part]) -> Failure | None:
    if isinstance(sound, Failure):
        return sound
    # Frames and sound of one file count on one clock, whatever else is known about it.
    clock = raw.clock or name
    parts[name] = replace(parts[name], clock=clock)
    if sound and sound.data:
        parts[name + TRACK] = Part("audio", sound.data, parts[name].uri, raw.lang, raw.span, clock)
    return None


def _written(raw: RawPart) -> Decoded | Failure:
    """Return a text or a table, whose source is the thing itself or a text file."""
    if raw.kind not in ("text", "table"):
        return Failure(say("A part of kind {kind} cannot be read", kind=raw.kind))
    try:
        text, facts = _text(raw.source)
        if raw.kind == "table" and text:
            return Decoded(encode_table(json.loads(text)), facts)
    except (DataError, OSError) as error:
        return Failure(error.what if isinstance(error, DataError) else say("The file cannot be read"))
    except (ValueError, RecursionError) as error:
        return Failure(say("The table is not JSON: {cause}", cause=str(error)[:120]))
    return Decoded(text.encode(), facts)


def _text(source: Path | str | bytes) -> tuple[str, dict[str, str]]:
    if isinstance(source, str):
        return source, {}
    if isinstance(source, bytes):
        raw, (text, encoding) = source, decode_text(source, "")
    else:
        text, note = read_text(source, TEXT_MB)
        raw, encoding = source.read_bytes(), "cp932" if note else ""
    facts = {"sha256": hashlib.sha256(raw).hexdigest()}
    if encoding == "cp932":
        facts[ENCODING] = encoding
    return text.replace("\r\n", "\n").strip(), facts
