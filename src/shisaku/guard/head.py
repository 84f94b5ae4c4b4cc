"""The second, small file beside a ledger: how many records there are and the last one's hash.

It is written after the records are on disk. A ledger that is shorter than it says was cut off at its end.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from shisaku.errors import DataError
from shisaku.guard.chain import Head
from shisaku.message import say

ABOUT: Final = "guard"  # the key in run.json
WIDTH: Final = 120  # one short write in place of the same length: no reader sees a half of it


def head_file(ledger: Path) -> Path:
    """Return where the head of a ledger lies."""
    return ledger.with_suffix(".head")


def write_head(ledger: Path, head: Head) -> None:
    """Say that a ledger has come to `head`."""
    text = json.dumps({"records": head.records, "hash": head.hash}).ljust(WIDTH - 1) + "\n"
    file = os.open(head_file(ledger), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.pwrite(file, text.encode(), 0)
    finally:
        os.close(file)


def read_head(ledger: Path) -> Head | None:
    """Return what the file says, None where there is none. Raises DataError if it cannot be read."""
    import orjson

    path = head_file(ledger)
    try:
        held = orjson.loads(path.read_bytes())
        return Head(int(held["records"]), str(held["hash"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(say("{name} cannot be read: {cause}", name=path.name, cause=str(error)), str(path)) from None


def about_run(ledger: Path) -> dict[str, Any]:
    """Return what a run says of its ledger when it ends: to be merged into its run.json."""
    head = read_head(ledger) or Head()
    return {ABOUT: {"records": head.records, "head": head.hash}}


def known_to(run: Mapping[str, Any]) -> dict[str, str]:
    """Return the hash that a run.json knows of, by where it is known from."""
    told = run.get(ABOUT)
    return {"run.json": str(told["head"])} if isinstance(told, Mapping) and "head" in told else {}
