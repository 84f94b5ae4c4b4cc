"""Made samples beside those they were made from, so that a person can look and listen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shisaku.errors import ShisakuError
from shisaku.report.flow import drop_words
from shisaku.report.record import Record, Row
from shisaku.report.words import Words
from shisaku.store.exhibits import data_uri

if TYPE_CHECKING:
    from shisaku.core.sample import Sample

TEXT_CHARS = 400
BUDGET = 2_000_000  # characters of data URIs that parents may add to the page
MEDIA = re.compile(r"data:(image/jpeg|audio/mpeg|audio/wav);base64,[A-Za-z0-9+/=]*")


@dataclass(frozen=True, slots=True)
class Shown:
    """One sample as the page shows it; images and sounds are data URIs."""

    id: str
    label: str
    images: Sequence[str]
    sounds: Sequence[str]
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A made sample, how many hops it is from real data, its parent where it could be found, why it was dropped."""

    child: Shown
    depth: int
    parent_id: str
    parent: Shown | None
    dropped: Words | None


@dataclass(frozen=True, slots=True)
class Wall:
    """The pairs of one stream, which holds `n` samples."""

    stream: str
    n: int
    pairs: Sequence[Pair]


def walls(record: Record) -> list[Wall]:
    """Return the made samples that the run put aside to be shown, stream by stream in the order of cooking."""
    rows = [r for r in record.documents["samples"] or [] if isinstance(r, Mapping)]
    there = _from_rows(rows)
    children = {(str(r["stream"]), str(r["id"])): str(r["parent"]) for r in rows if r.get("parent")}
    parents = _parents(record, there, set(children.values()))
    drops = {str(r["sample"]): drop_words(r) for r in record.tables["drops"]}
    depths = {str(r["child"]): int(r["depth"]) for r in record.tables["lineage"]}
    listed, found = record.run.streams(), []
    for stream in listed:
        pairs = [
            Pair(there[child], depths.get(child, 1), parent, parents.get(parent), drops.get(child))
            for (name, child), parent in children.items()
            if name == stream
        ]
        if pairs:
            found.append(Wall(stream, int(listed[stream].get("n", 0)), pairs))
    return found


def _from_rows(rows: Sequence[Row]) -> dict[str, Shown]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        if row["data_uri"] not in [r["data_uri"] for r in grouped.get(str(row["id"]), [])]:
            grouped.setdefault(str(row["id"]), []).append(row)
    return {
        id_: _shown(id_, str(found[0].get("label", "")), [str(r["data_uri"]) for r in found], str(found[0]["text"]))
        for id_, found in grouped.items()
    }


def _shown(id_: str, label: str, uris: Sequence[str], text: str) -> Shown:
    media = [uri for uri in uris if MEDIA.fullmatch(uri)]
    images = [uri for uri in media if uri.startswith("data:image/")]
    return Shown(id_, label, images, [uri for uri in media if uri not in images], text[:TEXT_CHARS])


def _parents(record: Record, there: Mapping[str, Shown], wanted: Set[str]) -> dict[str, Shown]:
    """Return parents from what was put aside, and the others from the streams as far as those can still be read."""
    found = {id_: there[id_] for id_ in wanted if id_ in there}
    left = BUDGET
    for name in record.run.streams():
        missing = sorted(wanted - set(found))
        if not missing or "." in name:
            continue
        try:
            dataset = record.run.stream(name)
            held = set(dataset.ids())
            samples = dataset.take([id_ for id_ in missing if id_ in held])
        except ShisakuError:  # the cache was emptied or the run was moved: the page does without these pictures
            continue
        for sample in samples:
            shown = _of_sample(sample)
            left -= sum(len(uri) for uri in (*shown.images, *shown.sounds))
            if left > 0:
                found[sample.id] = shown
    return found


def _of_sample(sample: Sample) -> Shown:
    parts = sample.parts.values()
    texts = [part.data.decode("utf-8", "replace") for part in parts if part.kind == "text"]
    label = ", ".join(sample.labels.values())
    return _shown(sample.id, label, [data_uri(p) for p in parts if p.kind in ("image", "audio")], "".join(texts[:1]))
