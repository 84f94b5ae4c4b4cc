"""Writes tasks for Label Studio, with what is known as annotations and what was made as predictions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Sample
from shisaku.message import say
from shisaku.store.codecs import decode_table
from shisaku.store.readers.record_json import FIELD
from shisaku.store.readers.restored import carried
from shisaku.store.writers.coco import image_of
from shisaku.store.writers.files import file_bytes, file_name
from shisaku.store.writers.label_studio_results import Interface, results_of
from shisaku.store.writers.losses import FIELDS, Losses
from shisaku.store.writers.writer import Written

FILES = ("image", "audio", "video")
SHOWN = (*FILES, "text")
LOCAL = "/data/local-files/?d="


@dataclass(frozen=True)
class LabelStudioWriter:
    """Tasks to import into Label Studio: ``tasks.json``, ``config.xml`` (the labelling interface) and ``media/``.

    Media are named as local files (``/data/local-files/?d=media/...``): set the server's document root to the
    folder. Labels and objects of real samples become an annotation, those of made samples a prediction, which a
    person has yet to confirm; a part ``annotations`` goes out as the annotations it holds. Everything else about a
    sample is in the task's ``meta`` under ``shisaku``, so that the reader ``label_studio`` gives it back as it was;
    point clouds and embeddings are not carried, and frames of a video keep their times to a millisecond.

    Example::

        shisaku data export parts --to label_studio --out parts-tasks
    """

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write all samples into `out`. Raises MediaError for a damaged part."""
        losses, seen, n = Losses(), Interface(), 0
        (out / "media").mkdir(parents=True, exist_ok=True)
        with (out / "tasks.json").open("w", encoding="utf-8") as file:
            file.write("[")
            for sample in samples:
                if not any(part.kind in SHOWN for part in sample.parts.values()):
                    losses.leave_out(say("There is no image, recording, video or text"))
                    continue
                n += 1
                task = {"id": n, **_task(sample, out / "media", seen, losses)}
                file.write((",\n" if n > 1 else "\n") + json.dumps(task, ensure_ascii=False, allow_nan=False))
            file.write("\n]\n")
        (out / "config.xml").write_text(seen.xml(), "utf-8")
        return Written(n, losses.left_out, losses.messages())


def _task(sample: Sample, folder: Path, seen: Interface, losses: Losses) -> dict[str, Any]:
    data: dict[str, str] = {}
    for name, part in sample.parts.items():
        if part.kind in FILES:
            file = file_name(sample.id, name, part.kind)
            (folder / file).write_bytes(file_bytes(sample, name))
            data[name] = LOCAL + quote(f"media/{file}")
        elif part.kind == "text":
            data[name] = part.text
        if part.kind in SHOWN:
            seen.shown[name] = part.kind
    held = carried(sample, tuple(name for name, part in sample.parts.items() if part.kind in FILES))
    losses.rest(sample, (*FIELDS, "times"), (*data, *held["content"]))
    target = next(name for kind in SHOWN for name in data if sample.parts[name].kind == kind)
    results = results_of(sample, target, image_of(sample), seen, losses)
    given = _annotations(sample)
    about = {"result": results, FIELD: fingerprint(results)}
    made = sample.depth > 0
    return {
        "data": data,
        "meta": {FIELD: held},
        "annotations": given or ([about] if results and not made else []),
        "predictions": [{"model_version": "shisaku", **about}] if results and made else [],
    }


def _annotations(sample: Sample) -> list[Mapping[str, Any]]:
    """Return the annotations that a sample was read with, marked so that they are not read as new ones."""
    part = sample.parts.get("annotations")
    held = decode_table(part) if part is not None and part.kind == "table" else None
    if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
        return []
    return [{**one, FIELD: fingerprint(one.get("result"))} for one in held]
