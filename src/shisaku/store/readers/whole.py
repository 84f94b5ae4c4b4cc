"""A sample that shisaku wrote whole into a container: its record, and where the container keeps each part."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.reader import Record
from shisaku.store.readers.record_json import WORDS, record_from_json

COLUMNS = "columns"  # in the record: part -> the column, key or member that holds it
Source = Path | str | bytes


def whole_record(held: Any, id_: str, source: Callable[[str, str], Source | Message]) -> Record:
    """Return the record of `held` (the object, or its JSON); `source(kind, column)` gives the content of a part.

    Nothing here is trusted: what is damaged becomes a record with a problem, called `id_`.
    """
    try:
        about = json.loads(held) if isinstance(held, str) else held
        columns, content = about[COLUMNS], {}
        for name, part in about["parts"].items():
            found = source(part["kind"], columns[name])
            if isinstance(found, Message):
                return Record(id_, problem=found)
            if isinstance(found, str) != (part["kind"] in WORDS):
                raise ValueError(name)
            content[name] = found
        return replace(record_from_json(about, content), canonical=True)
    except DataError as error:
        return Record(id_, problem=error.what)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        cause = repr(error)[:120]
        return Record(id_, problem=say("The record that describes a sample is damaged: {cause}", cause=cause))
