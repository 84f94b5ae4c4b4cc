"""The case records of all runs of a user: a file that only grows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shisaku.store.json_lines import add_line, lines_of
from shisaku.store.places import state_dir

NAME = "cases.jsonl"


def keep(record: Mapping[str, Any], folder: Path | None = None) -> int:
    """Add the cases of a record (see `lab.cases.record`) that are not there yet, and return how many those were.

    `folder` is the user's state folder unless given. Raises MachineError if they cannot be written.
    """
    path = (folder or state_dir()) / NAME
    there = {case["id"] for case in kept(folder)}
    new = [case for case in record["cases"] if case["id"] not in there]
    for case in new:
        add_line(path, {"schema": record["schema"], **case})
    return len(new)


def kept(folder: Path | None = None) -> list[dict[str, Any]]:
    """Return every case that was kept once, the earliest first; two processes may have written the same one."""
    needed = {"id", "source", "outcome", "grade"}
    lines = (line for line in lines_of((folder or state_dir()) / NAME) if needed <= set(line))
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        found.setdefault(line["id"], line)
    return list(found.values())
