"""Writes a folder of media files with one JSON object a line beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.core.sample import Sample
from shisaku.store.readers.record_json import FIELD, to_json
from shisaku.store.readers.whole import COLUMNS
from shisaku.store.writers.files import file_bytes, file_name
from shisaku.store.writers.writer import Written

TABLE, MEDIA = "metadata.jsonl", "media"
FIRST = ("image", "audio", "video")
FILE, PATH = "file_name", "path"
A_FOLDER = 1000  # more files than this make many tools slow


@dataclass(frozen=True)
class JsonlWriter:
    """``metadata.jsonl`` with a line per sample, and media as files in ``media``, as `datasets` reads a media folder.

    ``file_name`` is the first image, recording or video; further files of its kind stand under
    ``<part>_file_name``, those of other kinds under ``<part>_path``, texts and tables under the name of the part,
    labels under theirs, the whole record under ``shisaku``. Nothing is lost: the reader ``jsonl`` gives the samples
    back as they were.

    Example::

        shisaku data export flowers --to jsonl --out flowers-files
    """

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write all samples into `out`. Raises MediaError for a damaged part."""
        n = 0
        with open(out / TABLE, "w", encoding="utf-8", newline="\n") as lines:
            for sample in samples:
                lines.write(json.dumps(_line(sample, out, n), ensure_ascii=False) + "\n")
                n += 1
        return Written(n)


def _line(sample: Sample, out: Path, number: int) -> dict[str, Any]:
    line: dict[str, Any] = {"id": sample.id}
    columns: dict[str, str] = {}
    main = next((name for kind in FIRST for name, part in sample.parts.items() if part.kind == kind), None)
    for name, part in sample.parts.items():
        # `datasets` opens every column called so as the one kind of media that the folder has.
        like = main is not None and part.kind == sample.parts[main].kind
        key = FILE if name == main else f"{name}_{FILE if like else PATH}"
        if part.kind in ("text", "table"):
            key, value = name, part.text if part.kind == "text" else json.loads(part.data)
        else:
            value = _written(sample, name, out, number)
        while key in line or key == FIELD:
            key += f"_{part.kind}"
        line[key], columns[name] = value, key
    for name, label in sample.labels.items():
        line.setdefault(name if name != FIELD else f"{name}_label", label)
    return {**line, FIELD: {**to_json(sample), COLUMNS: columns}}


def _written(sample: Sample, name: str, out: Path, number: int) -> str:
    place = f"{MEDIA}/{number // A_FOLDER:05d}/{file_name(sample.id, name, sample.parts[name].kind)}"
    (out / place).parent.mkdir(parents=True, exist_ok=True)
    (out / place).write_bytes(file_bytes(sample, name))
    return place
