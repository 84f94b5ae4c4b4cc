"""A JSON file read whole, with the place of what is wrong in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.encodings import read_text

JSON_MB = 1024
GLANCE = 1 << 16
HALF = re.compile(r"\\u[dD][89a-fA-F]")  # of a character: JSON can hold one alone, UTF-8 cannot


def read_json(path: Path) -> tuple[Any, Message | None]:
    """Return what a JSON file holds, and a note if it was not UTF-8.

    The file is read whole, up to 1024 MB; parsed it takes about six times its size in memory. Raises DataError with
    the line where it is cut off or damaged.
    """
    text, note = read_text(path, JSON_MB)
    try:
        held = json.loads(text)
        if HALF.search(text):
            held = json.loads(json.dumps(held, ensure_ascii=False).encode("utf-8", "replace").decode())
        return held, note
    except json.JSONDecodeError as error:
        raise DataError(
            say("The JSON is cut off or damaged in line {line}, column {at}", line=error.lineno, at=error.colno),
            f"{path}:{error.lineno}",
            next=say("Export or copy the file again"),
        ) from None
    except (ValueError, RecursionError) as error:
        raise DataError(say("This is not JSON: {cause}", cause=str(error)[:120]), str(path)) from None


def glance(path: Path) -> str:
    """Return the beginning and the end of a file as text, enough to tell what it is; empty if it cannot be read."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            head = file.read(GLANCE)
            file.seek(max(len(head), file.seek(0, 2) - GLANCE))
            tail = file.read(GLANCE)
    except OSError:
        return ""
    return head.decode("utf-8", "replace").lstrip("\ufeff \r\n\t") + "\n" + tail.decode("utf-8", "replace")


def has_keys(seen: str, *keys: str) -> int:
    """Return how many of the keys a glance saw."""
    return sum(bool(re.search(rf'"{key}"\s*:', seen)) for key in keys)
