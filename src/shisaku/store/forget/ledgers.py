"""Ledgers of lines without those about a target."""

from __future__ import annotations

import json
from pathlib import Path

from shisaku.store.atomic import disk_errors, write_bytes
from shisaku.store.forget.scrub import is_about
from shisaku.store.forget.targets import Targets


def clear_ledgers(folder: Path, targets: Targets) -> None:
    """Take lines about a target out of every ``.jsonl`` of a folder; all others stay as they are."""
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        with disk_errors(path):
            lines = path.read_text("utf-8", "replace").splitlines(keepends=True)
        kept = [line for line in lines if not _is_about(line, targets)]
        if len(kept) < len(lines):
            write_bytes(path, "".join(kept).encode())


def _is_about(line: str, targets: Targets) -> bool:
    try:
        return is_about(json.loads(line), targets)
    except ValueError:
        return targets.in_text(line)
