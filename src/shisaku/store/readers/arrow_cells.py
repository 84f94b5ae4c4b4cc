"""What the columns of an Arrow table mean, by their types and names, and one row of it as a Record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from shisaku.core.sample import Kind
from shisaku.message import Message, say
from shisaku.store.codecs import VECTOR
from shisaku.store.readers.cells import Row, as_text
from shisaku.store.readers.inside import inside, plain_name
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.record_json import FIELD, WORDS
from shisaku.store.readers.rowrecord import RowPlan
from shisaku.store.readers.sniff import sniff
from shisaku.store.readers.whole import Source, whole_record

FEATURES: dict[str, Kind] = {"Image": "image", "Audio": "audio", "Video": "video"}
NAMES: tuple[tuple[str, Kind], ...] = (
    (r"image|img|photo|picture|png|jpe?g|画像|写真", "image"),
    (r"audio|wave?|speech|sound|flac|mp3|音声", "audio"),
    (r"video|movie|mp4|動画", "video"),
    (r"points|lidar|cloud", "points"),
)
VECTORS = re.compile(r"embed|vector|feature|latent")
VECTOR_LENGTH = 8  # shorter lists of floats are boxes and the like, unless their name says otherwise


@dataclass(frozen=True, slots=True)
class ArrowPlan:
    """Which columns hold media (with their kind), vectors, tables and plain values; `rows` says the rest."""

    rows: RowPlan
    media: Mapping[str, Kind] = field(default_factory=dict)
    vectors: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    features: Mapping[str, Any] = field(default_factory=dict)

    def record(self, id_: str, cells: Mapping[str, Any]) -> Record:
        """Return the record of one row."""
        if cells.get(FIELD):
            return whole_record(cells[FIELD], id_, lambda kind, column: _content(kind, cells.get(column)))
        parts: dict[str, RawPart] = {}
        for column, kind in self.media.items():
            for name, value in _several(self._part(column), cells.get(column)):
                source = _media(self.rows, value)
                if isinstance(source, Message):
                    return Record(id_, problem=source)
                if source:
                    parts[name] = RawPart(kind, source)
        for column in self.vectors:
            if cells.get(column) is not None:
                parts[column] = RawPart("embedding", np.asarray(cells[column], VECTOR).tobytes())
        for column in self.tables:
            if cells.get(column) is not None:
                named = named_classes(cells[column], self.features.get(column))
                parts[column] = RawPart("table", json.dumps(named, ensure_ascii=False, default=str))
        return self._put(id_, cells, parts)

    def _put(self, id_: str, cells: Mapping[str, Any], parts: Mapping[str, RawPart]) -> Record:
        texts = {name: as_text(named_classes(cells.get(name), self.features.get(name))) for name in self.plain}
        classes = [name for name in self.plain if is_class(self.features.get(name)) and name != self.rows.label]
        row = Row(0, {name: text for name, text in texts.items() if name not in classes})
        made = self.rows.record(plain_name(row.cell(self.rows.id)) or id_, row, parts)
        return replace(made, labels={**made.labels, **{name: texts[name] for name in classes if texts[name]}})

    def _part(self, column: str) -> str:
        """Return the kind as the part's name, as other readers have it, where only one column is of that kind."""
        kind = self.media[column]
        return kind if list(self.media.values()).count(kind) == 1 else column


def media_kind(name: str, feature: Any, values: list[Any]) -> Kind | None:
    """Return the kind of a column of bytes: what its feature says, else how the bytes begin, else its name."""
    told = FEATURES.get(feature.get("_type", "")) if isinstance(feature, Mapping) else None
    first = next((data for value in values for _, one in _several("", value) if (data := _bytes(one))), b"")
    by_name = next((kind for pattern, kind in NAMES if re.search(pattern, name.lower())), None)
    return told or sniff(first) or by_name


def is_class(feature: Any) -> bool:
    """Say whether a feature of `datasets` is a ClassLabel."""
    return isinstance(feature, Mapping) and feature.get("_type") == "ClassLabel" and bool(feature.get("names"))


def named_classes(value: Any, feature: Any) -> Any:
    """Return a value with the ids of classes replaced by their names, at any depth; -1 is no class."""
    if is_class(feature) and isinstance(value, int):
        return feature["names"][value] if 0 <= value < len(feature["names"]) else None
    inner = feature.get("feature", feature) if isinstance(feature, Mapping) else feature
    if isinstance(value, list):
        one = inner[0] if isinstance(inner, list) and inner else inner
        return [named_classes(item, one) for item in value] if one else value
    if isinstance(value, Mapping) and isinstance(inner, Mapping):
        return {key: named_classes(item, inner.get(key)) for key, item in value.items()}
    return value


def is_vector(name: str, type_: Any) -> bool:
    """Say whether a column of lists of floats holds vectors."""
    import pyarrow as pa

    fixed = pa.types.is_fixed_size_list(type_)
    if not (fixed or pa.types.is_list(type_) or pa.types.is_large_list(type_)):
        return False
    long = fixed and type_.list_size >= VECTOR_LENGTH
    return bool(pa.types.is_floating(type_.value_type) and (long or VECTORS.search(name.lower())))


def _several(name: str, value: Any) -> list[tuple[str, Any]]:
    return [(f"{name}_{n}", one) for n, one in enumerate(value)] if isinstance(value, list) else [(name, value)]


def _bytes(value: Any) -> bytes:
    held = value.get("bytes") if isinstance(value, Mapping) else value
    return held if isinstance(held, bytes) else b""


def _media(plan: RowPlan, value: Any) -> Source | Message | None:
    data = _bytes(value)
    path = value.get("path") if isinstance(value, Mapping) else None
    return data or (inside(plan.root, path) if isinstance(path, str) and path else None)


def _content(kind: str, value: Any) -> Source | Message:
    if kind == "embedding" and isinstance(value, list):
        return np.asarray(value, VECTOR).tobytes()
    if kind in WORDS and isinstance(value, str):
        return value
    return _bytes(value) or say("A part is missing in its column")
