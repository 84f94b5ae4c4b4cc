"""Images with annotations in memory and on disk, and what comes back from a writer and its reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from store_material import pixels, save_image

from shisaku.core.sample import Part, Sample
from shisaku.store.codecs import encode_image, encode_table
from shisaku.store.ingest import Ingested, ingest
from shisaku.store.readers.reader import Reader, Record

PICTURE = encode_image(pixels(1, 24, 32))


def picture(id_: str, objects: Sequence[Mapping[str, Any]] | None = None, frame: Any = (32, 24), **more: Any) -> Sample:
    parts = {"image": Part("image", PICTURE), **more.pop("parts", {})}
    if objects is not None:
        table = {"frame": list(frame) if frame else None, "objects": list(objects)}
        parts["objects"] = Part("table", encode_table(table))
    return Sample(id_, parts, **more)


def texts(record: Record) -> dict[str, bytes]:
    """What the text and table parts of a record will be once they are in."""
    made = {}
    for name, raw in record.parts.items():
        if isinstance(raw.source, str):
            made[name] = encode_table(json.loads(raw.source)) if raw.kind == "table" else raw.source.encode()
    return made


def objects_of(record: Record) -> list[dict[str, Any]]:
    found = json.loads(texts(record)["objects"])["objects"]
    assert isinstance(found, list)
    return found


def by_id(reader: Reader) -> dict[str, Record]:
    records = list(reader.records())
    assert records == list(reader.records())
    assert len({record.id for record in records}) == len(records)
    return {record.id: record for record in records}


def came_back(record: Record, sample: Sample, without: Iterable[str] = ()) -> None:
    """Check that a record says all that a sample said, but for the bytes of its media."""
    assert record.problem is None, record.problem
    here = (record.id, dict(record.labels), record.group, record.licence, record.consent, dict(record.facts))
    assert here == (sample.id, sample.labels, sample.group, sample.licence, sample.consent, sample.facts)
    assert (record.parents, record.depth) == (sample.parents, sample.depth)
    parts = {name: part for name, part in sample.parts.items() if name not in without}
    assert record.parts.keys() == parts.keys()
    for name, part in parts.items():
        raw = record.parts[name]
        assert (raw.kind, raw.lang, raw.span, raw.clock) == (part.kind, part.lang, part.span, part.clock)
        if isinstance(raw.source, str):
            assert texts(record)[name] == part.data
        else:
            assert isinstance(raw.source, bytes) or raw.source.is_file()


def digests(found: Ingested) -> dict[str, str]:
    assert not found.drops
    return {sample.id: sample.digest for sample in found.dataset}


def ingested(reader: Reader, cache: Path) -> Ingested:
    return ingest(reader, cache, workers=1)


def save_json(path: Path, held: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(held), "utf-8")
    return path


def save_images(folder: Path, *names: str) -> None:
    for number, name in enumerate(names):
        save_image(folder / name, seed=number)


number = st.one_of(st.integers(-50, 200), st.floats(-50, 200, allow_nan=False))
side = st.one_of(st.integers(1, 64), st.floats(0.5, 64, allow_nan=False))
box = st.tuples(number, number, side, side).map(list)
polygon = st.integers(3, 6).flatmap(lambda n: st.lists(number, min_size=2 * n, max_size=2 * n))
# Control characters and halves of characters are no labels, and JSON readers differ about them.
label = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=8)
thing = st.fixed_dictionaries(
    {"label": label, "box": box},
    optional={
        "polygons": st.lists(polygon, min_size=1, max_size=2),
        "crowd": st.booleans(),
        "id": st.one_of(st.integers(0, 5), st.text(max_size=2)),
        "supercategory": label,
        "score": number,
    },
)
things = st.lists(thing, max_size=4)
frame = st.one_of(st.none(), st.just((32, 24)), st.tuples(st.integers(1, 4000), st.integers(1, 4000)))
