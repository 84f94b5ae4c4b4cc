"""Writes multimodal pre-training data: pairs of image and text, or documents of both in their order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shisaku.core.sample import Part, Sample
from shisaku.errors import MediaError, RecipeError
from shisaku.message import Message, say
from shisaku.store.codecs import decode_table
from shisaku.store.document import DOCUMENT, of_parts, problem_of, texts_and_images
from shisaku.store.readers.record_json import FIELD, to_json
from shisaku.store.writers.files import file_bytes, file_name
from shisaku.store.writers.losses import FIELDS, Losses
from shisaku.store.writers.writer import Written

PAIRS, INTERLEAVED = "pairs", "interleaved"


@dataclass(frozen=True)
class MmPtWriter:
    """Multimodal pre-training data (MM-PT): a file ``data.jsonl`` with an object a sample, images in ``images``.

    `kind` pairs: `image` (a path) and `text`; the parameters `image` and `text` name the parts (empty: the first one
    of that kind), and a sample without both is left out. interleaved: `texts` and `images`, two lists of one length
    in the order of the document, with null where the other list has something, as OBELICS has them
    (https://arxiv.org/abs/2306.16527). The order is that of the table part `document` or, without one, that of the
    sample's texts and images. The rest of every record is under the key `shisaku`; the reader mm_pt reads it.

    Example::

        shisaku data export pages --to mm_pt --set kind=interleaved --out pages-pt
    """

    kind: str = PAIRS
    image: str = ""
    text: str = ""

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write one object at a time. Raises RecipeError for an unknown kind."""
        if self.kind not in (PAIRS, INTERLEAVED):
            raise RecipeError(
                say("There is no kind {kind}", kind=self.kind),
                next=say("Take one of these: {choices}", choices=f"{PAIRS}, {INTERLEAVED}"),
            )
        losses, n = Losses(), 0
        (out / "images").mkdir()
        with (out / "data.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for sample in samples:
                made = self._pair(sample) if self.kind == PAIRS else _document(sample)
                if isinstance(made, Message):
                    losses.leave_out(made)
                    continue
                held, carried = made
                for name in (name for name, part in carried.items() if part.kind == "image"):
                    (out / _path(sample, name)).write_bytes(file_bytes(sample, name))
                losses.rest(sample, (*FIELDS, "times"), carried)
                held = {"id": sample.id, **held, FIELD: to_json(replace(sample, parts=carried))}
                file.write(json.dumps(held, ensure_ascii=False) + "\n")
                n += 1
        return Written(n, losses.left_out, losses.messages())

    def _pair(self, sample: Sample) -> tuple[dict[str, Any], dict[str, Part]] | Message:
        image, text = _first(sample, "image", self.image), _first(sample, "text", self.text)
        if not image or not text:
            return say("There is no pair of an image and a text")
        carried = {name: sample.parts[name] for name in (image, text)}
        return {"image": _path(sample, image), "text": sample.parts[text].text}, carried


def _document(sample: Sample) -> tuple[dict[str, Any], dict[str, Part]] | Message:
    table = sample.parts.get(DOCUMENT)
    own = table is not None and table.kind == "table"
    try:
        entries = decode_table(table) if own and table else of_parts(sample.parts)
    except MediaError as error:
        return error.what
    problem = problem_of(entries, sample.parts)
    if problem:
        return problem
    texts, images = texts_and_images(entries)
    names = [DOCUMENT] if own else [name for name, part in sample.parts.items() if part.kind == "text"]
    # In the document's order: by it the names come back.
    carried = {name: sample.parts[name] for name in (*names, *(name for name in images if name))}
    return {"texts": texts, "images": [_path(sample, name) if name else None for name in images]}, carried


def _first(sample: Sample, kind: str, wanted: str) -> str:
    fitting: Mapping[str, Part] = {name: part for name, part in sample.parts.items() if part.kind == kind}
    return wanted if wanted in fitting else "" if wanted else next(iter(fitting), "")


def _path(sample: Sample, name: str) -> str:
    return f"images/{file_name(sample.id, name, 'image')}"
