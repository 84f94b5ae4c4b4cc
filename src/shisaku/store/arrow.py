"""Sample and Drop as Arrow tables and back, without loss, and the rows of a run's tables.

A sample's part descriptions and its bytes are two columns, so that whoever opens the tables with other
tools reads labels, facts and lineage without touching the media.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, cast

import numpy as np

from shisaku.core.drop import Drop
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.score import Score
from shisaku.message import Message

BLOBS = "blobs"


@cache
def sample_schema() -> Any:
    """Return the Arrow schema of samples (schema 2; schema 1 had no clock)."""
    import pyarrow as pa

    part = [(name, pa.string()) for name in ("name", "kind", "uri", "lang", "clock")]
    span = [("start", pa.float64()), ("end", pa.float64())]
    words = pa.map_(pa.string(), pa.string())
    return pa.schema(
        [
            ("id", pa.string()),
            ("digest", pa.string()),
            ("labels", words),
            ("group", pa.string()),
            ("licence", pa.string()),
            ("consent", pa.string()),
            ("facts", words),
            ("parents", pa.list_(pa.string())),
            ("depth", pa.int32()),
            ("parts", pa.list_(pa.struct(part + span))),
            (BLOBS, pa.list_(pa.large_binary())),
        ]
    )


def samples_to_table(samples: Sequence[Sample]) -> Any:
    """Return a pyarrow Table, one row per sample; `digest` is the sample's fingerprint."""
    import pyarrow as pa

    columns: dict[str, list[Any]] = {
        "id": [s.id for s in samples],
        "digest": [s.digest for s in samples],
        "labels": [list(s.labels.items()) for s in samples],
        "group": [s.group for s in samples],
        "licence": [s.licence for s in samples],
        "consent": [s.consent for s in samples],
        "facts": [list(s.facts.items()) for s in samples],
        "parents": [list(s.parents) for s in samples],
        "depth": [s.depth for s in samples],
        "parts": [[_described(name, part) for name, part in s.parts.items()] for s in samples],
    }
    schema = sample_schema()
    arrays = [pa.array(columns[field.name], field.type) for field in schema if field.name != BLOBS]
    return pa.table([*arrays, _blobs(samples)], schema=schema)


def _blobs(samples: Sequence[Sample]) -> Any:
    """Return the media as one column, copied once: an array that grows value by value copies them twice."""
    import pyarrow as pa

    datas = [part.data for sample in samples for part in sample.parts.values()]
    ends = np.cumsum([0, *map(len, datas)], dtype=np.int64)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(datas))]
    values = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(datas), buffers)
    rows = np.cumsum([0, *(len(sample.parts) for sample in samples)], dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(rows), values, type=sample_schema().field(BLOBS).type)


def _described(name: str, part: Part) -> dict[str, Any]:
    start, end = part.span or (None, None)
    about = {"name": name, "kind": part.kind, "uri": part.uri, "lang": part.lang, "clock": part.clock}
    return {**about, "start": start, "end": end}


def table_to_samples(table: Any) -> list[Sample]:
    """Return the samples of such a Table, in its order."""
    rows = zip(*(table.column(name).to_pylist() for name in _FIELDS), strict=True)
    return [
        Sample(
            id=id_,
            labels=dict(labels),
            group=group,
            licence=licence,
            consent=consent,
            facts=dict(facts),
            parents=tuple(parents),
            depth=depth,
            parts={about["name"]: _part(about, data) for about, data in zip(parts, datas, strict=True)},
        )
        for id_, labels, group, licence, consent, facts, parents, depth, parts, datas in rows
    ]


_FIELDS = ("id", "labels", "group", "licence", "consent", "facts", "parents", "depth", "parts", BLOBS)


def _part(about: Mapping[str, Any], data: bytes) -> Part:
    span = None if about["start"] is None else (about["start"], about["end"])
    return Part(cast("Kind", about["kind"]), data, about["uri"], about["lang"], span, about.get("clock") or "")


def drop_row(drop: Drop) -> dict[str, Any]:
    """Return the row of a Drop in a run's ``drops`` table."""
    return {
        "sample": drop.sample,
        "step": drop.step,
        "op": drop.op,
        "template": drop.reason.template,
        "values_json": json.dumps(drop.reason.to_json()["values"], ensure_ascii=False, sort_keys=True),
        "text": str(drop.reason),
        "score": drop.score,
    }


def drop_from_row(row: Mapping[str, Any]) -> Drop:
    """Return the Drop of such a row."""
    reason = Message.from_json({"template": row["template"], "values": json.loads(row["values_json"])})
    return Drop(row["sample"], row["step"], row["op"], reason, row["score"])


def score_row(score: Score, step: str) -> dict[str, Any]:
    """Return the row of a Score in a run's ``scores`` table."""
    return {
        "sample": score.sample,
        "step": step,
        "metric": score.name,
        "value": score.value,
        "raw": score.raw,
        "issue": score.issue,
        "group": score.group,
        "reason_json": json.dumps(score.reason.to_json(), ensure_ascii=False, sort_keys=True) if score.reason else "",
    }


def drops_to_table(drops: Iterable[Drop]) -> Any:
    """Return a pyarrow Table with the columns of `drop_row`."""
    import pyarrow as pa

    names = ("sample", "step", "op", "template", "values_json", "text")
    schema = pa.schema([*((name, pa.string()) for name in names), ("score", pa.float64())])
    return pa.Table.from_pylist([drop_row(drop) for drop in drops], schema=schema)


def table_to_drops(table: Any) -> list[Drop]:
    """Return the drops of such a Table."""
    return [drop_from_row(row) for row in table.to_pylist()]
