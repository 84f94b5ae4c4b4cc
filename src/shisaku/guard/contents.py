"""What is in a request beside the parts that are told: its texts, and files that nobody told of."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shisaku.guard.call import Call

# Shorter texts of these signs alone are words, names and hashes; longer ones are files in base64.
PACKED: Final = re.compile(r"[A-Za-z0-9+/=_-]{512,}")


def texts(call: Call) -> Iterator[str]:
    """Return every text that leaves with a call: names and values of its JSON, form fields, file names, its path.

    Files in base64 are left out (see `untold`); so are numbers.
    """
    yield call.path
    yield from (text for text in _strings(call.body) if _file(text) is None)
    for field in call.form:
        yield from (text for text in (field.name, field.filename, field.content_type) if text)
        if not field.filename:
            yield field.data.decode("utf-8", "replace")


def untold(call: Call) -> int:
    """Return how many bytes of files are in a call that are the bytes of no part it tells of."""
    told = {part.data for part in call.sent}
    size = sum(len(field.data) for field in call.form if field.filename and field.data not in told)
    packed = [file for file in map(_file, _strings(call.body)) if file is not None]
    known = {base64.b64encode(data).decode() for data in told} if packed else set()
    return size + sum(len(file) * 3 // 4 for file in packed if file not in known)


def _file(text: str) -> str | None:
    """Return the base64 of a text that holds a file, None for one that is to be read."""
    if text[:5].lower() == "data:":
        return text.partition(",")[2]
    return text if len(text) >= 512 and PACKED.fullmatch(text) else None


def _strings(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting.extend(one.keys())
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
