"""The records of a dataset as one Parquet table without media: what the card's record set points to."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from shisaku.core.sample import Sample
from shisaku.report.card.tally import Tally
from shisaku.store.atomic import disk_errors

FILE = "records.parquet"
ROWS_AT_ONCE = 1000
FIXED = ("id", "entity", "licence", "consent", "depth", "parents")
NUMBERS = ("entity", "depth")


@dataclass(frozen=True, slots=True)
class Table:
    """What was written: name, SHA-256 and bytes of the file, and its columns (name -> what it holds)."""

    file: str
    sha256: str
    size: int
    columns: dict[str, str]


def write_rows(samples: Iterable[Sample], tally: Tally, out: Path) -> Table:
    """Write one row a sample: id, rights, labels, and of every part the fingerprint of its content.

    A card is handed on where the data may not be: media and texts stay out, and entities (patients, speakers) are
    numbers in the order in which they appear. Raises MachineError for the disk.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = _columns(tally)
    schema = pa.schema([(name, pa.int64() if name in NUMBERS else pa.string()) for name in columns])
    path = out / FILE
    entities: dict[str, int] = {}
    rows = (_row(sample, columns, entities) for sample in samples)
    with disk_errors(path), pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while some := list(islice(rows, ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(some, schema))
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    said = {name: what for name, (what, _) in columns.items()}
    return Table(FILE, digest.hexdigest(), path.stat().st_size, said)


def _columns(tally: Tally) -> dict[str, tuple[str, tuple[str, str]]]:
    """Return column -> (what it holds, where it comes from); names are made safe and kept apart."""
    fixed: dict[str, tuple[str, tuple[str, str]]] = {name: (name, ("field", name)) for name in FIXED}
    wanted = [(f"label_{name}", f"label {name}", ("label", name)) for name in sorted(tally.labels)]
    for name, kind in sorted(tally.parts):
        wanted.append((f"{kind}_{name}", f"fingerprint of the content of {kind} part {name}", (kind, name)))
    for column, what, origin in wanted:
        safe = re.sub(r"\W+", "_", column)[:80]
        while safe in fixed:
            safe += "_"
        fixed[safe] = (what, origin)
    return fixed


def _row(sample: Sample, columns: dict[str, tuple[str, tuple[str, str]]], entities: dict[str, int]) -> dict[str, Any]:
    held = {name: _cell(sample, *origin) for name, (_, origin) in columns.items()}
    return {**held, "entity": entities.setdefault(sample.entity, len(entities) + 1)}


def _cell(sample: Sample, what: str, name: str) -> Any:
    if what == "field":
        value = getattr(sample, name)
        return json.dumps(value) if name == "parents" else value
    if what == "label":
        return sample.labels.get(name)
    part = sample.parts.get(name)
    return part.digest if part is not None and part.kind == what else None
