"""A record that shisaku itself wrote into a format's free field, put together with what the format holds now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.codecs import decode_table
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.record_json import WORDS, record_from_json, to_json

Content = Mapping[str, Path | str | bytes]


def carried(sample: Sample, native: tuple[str, ...]) -> dict[str, Any]:
    """Return what a free field holds of `sample`: the record, and texts and tables that the format has no place for.

    `native` are the parts that the format carries by itself: files, captions, objects.
    """
    content = {
        name: decode_table(part) if part.kind == "table" else part.text
        for name, part in sample.parts.items()
        if part.kind in WORDS and name not in native
    }
    about = to_json(sample)
    kept = {name: held for name, held in about["parts"].items() if name in content or name in native}
    return {"record": {**about, "parts": kept}, "content": content}


def is_carried(part: Part) -> bool:
    """Say whether `carried` keeps such a part."""
    return part.kind in WORDS


def restored(held: Any, native: Content, added: Mapping[str, RawPart]) -> Record:
    """Return the record of what `carried` wrote.

    `native` maps parts to what the format holds of them now; a part that it lost is gone. `added` came since.
    Nothing here is trusted. Raises DataError.
    """
    about = held.get("record") if isinstance(held, dict) else None
    if not isinstance(about, dict) or not isinstance(about.get("parts"), dict):
        raise DataError(say("The record that describes a sample is damaged: {cause}", cause="no record"))
    plain = held.get("content")
    content: dict[str, Path | str | bytes] = {
        str(name): value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in (plain.items() if isinstance(plain, dict) else ())
    }
    content |= native
    parts = {name: part for name, part in about["parts"].items() if name in content}
    record = record_from_json({**about, "parts": parts}, content)
    wrong = [name for name, part in record.parts.items() if isinstance(part.source, str) != (part.kind in WORDS)]
    if wrong:
        raise DataError(say("The record that describes a sample is damaged: {cause}", cause=wrong[0]))
    return replace(record, parts={**record.parts, **added}, canonical=True)
