"""A file of JSON lines that only grows: lines are added whole, never changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shisaku.store.atomic import disk_errors


def add_line(path: Path, line: Mapping[str, Any]) -> None:
    """Add one line and wait until it is on the disk. Raises MachineError.

    One write to a file opened for appending: two processes cannot mix their lines.
    """
    raw = (json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n").encode()
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, raw)
            os.fsync(handle)
        finally:
            os.close(handle)


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the lines that are there, in their order; a line torn by a crash is none. Raises MachineError."""
    if not path.is_file():
        return []
    with disk_errors(path):
        text = path.read_text(encoding="utf-8", errors="replace")
    found = []
    for raw in text.splitlines():
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict):
            found.append(line)
    return found
