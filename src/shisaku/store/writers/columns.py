"""Samples as rows of Arrow columns with the features that Hugging Face's `datasets` knows; columns come as needed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from shisaku.core.sample import UNKNOWN, Kind, Sample
from shisaku.store.codecs import decode_vector
from shisaku.store.readers.record_json import FIELD, to_json
from shisaku.store.readers.whole import COLUMNS
from shisaku.store.writers.files import file_bytes, file_name

FEATURE: dict[Kind, Any] = {
    "image": {"_type": "Image"},
    "audio": {"_type": "Audio"},
    "video": {"_type": "Video"},
    "text": {"dtype": "string", "_type": "Value"},
    "table": {"dtype": "string", "_type": "Value"},
    "points": {"dtype": "binary", "_type": "Value"},
    "embedding": {"feature": {"dtype": "float32", "_type": "Value"}, "_type": "Sequence"},
}
MEDIA = ("image", "audio", "video")
SAID = ("group", "licence", "consent")


class SampleColumns:
    """Knows every column that the samples so far needed, in a fixed order: a part's, a label's, what all have.

    The record as a whole stands in the column ``shisaku``; the others are for other tools.
    """

    def __init__(self) -> None:
        self._features: dict[str, Any] = dict.fromkeys(("id", "split", *SAID, FIELD), FEATURE["text"])
        self._names: dict[tuple[str, str], str] = {}

    def row(self, sample: Sample) -> tuple[dict[str, Any], int]:
        """Return the cells of a sample and roughly how many bytes they have. Raises MediaError."""
        about = {**to_json(sample), COLUMNS: {}}
        cells: dict[str, Any] = {"id": sample.id, "split": sample.facts.get("split")}
        cells |= {name: _said(getattr(sample, name)) for name in SAID}
        size = 0
        for name, part in sample.parts.items():
            column = self._column(name, part.kind)
            about[COLUMNS][name] = column
            cells[column] = _cell(sample, name)
            size += len(part.data)
        for name, value in sample.labels.items():
            cells[self._column(name, "label")] = value
        cells[FIELD] = json.dumps(about, ensure_ascii=False)
        return cells, size + len(cells[FIELD])

    def schema(self) -> Any:
        """Return the Arrow schema of all columns so far."""
        import pyarrow as pa

        features = {"info": {"features": self._features}}
        fields = [(name, _arrow(feature)) for name, feature in self._features.items()]
        return pa.schema(fields, {"huggingface": json.dumps(features)})

    def features(self) -> dict[str, Any]:
        """Return column -> its feature in the words of `datasets`."""
        return dict(self._features)

    def batch(self, rows: Sequence[dict[str, Any]]) -> Any:
        """Return rows as a RecordBatch of that schema."""
        import pyarrow as pa

        schema = self.schema()
        arrays = [pa.array([row.get(field.name) for row in rows], field.type) for field in schema]
        return pa.record_batch(arrays, schema=schema)

    def _column(self, name: str, role: str) -> str:
        if (name, role) not in self._names:
            wanted = name or role
            # Some tools do not tell upper case from lower in the names of columns.
            taken = {column.lower() for column in self._features}
            while wanted.lower() in taken:
                wanted += f"_{role}"
            self._names[name, role] = wanted
            self._features[wanted] = FEATURE["text" if role == "label" else role]  # type: ignore[index]
        return self._names[name, role]


def _cell(sample: Sample, name: str) -> Any:
    part = sample.parts[name]
    if part.kind in MEDIA:
        return {"bytes": file_bytes(sample, name), "path": file_name(sample.id, name, part.kind)}
    if part.kind == "embedding":
        return decode_vector(part)
    return part.text if part.kind in ("text", "table") else part.data


def _said(value: str) -> str | None:
    return None if value in ("", UNKNOWN) else value


def _arrow(feature: Any) -> Any:
    import pyarrow as pa

    if feature["_type"] == "Value":
        return pa.string() if feature["dtype"] == "string" else pa.binary()
    if feature["_type"] == "Sequence":
        return pa.list_(pa.float32())
    return pa.struct([("bytes", pa.binary()), ("path", pa.string())])
