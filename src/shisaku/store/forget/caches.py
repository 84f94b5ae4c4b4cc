"""What can be made again and holds a target is removed whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from shisaku.core.progress import Progress
from shisaku.store.atomic import disk_errors
from shisaku.store.forget.search import files_below, holds, table_holds, tables_below
from shisaku.store.forget.targets import Targets

# Weights and downloaded packages hold nothing of a user's.
OTHERS = frozenset(("weights", "apt"))


def clear_cache(root: Path, targets: Targets, progress: Progress) -> int:
    """Remove datasets, shards, waves and notes of a cache that hold a target; return how many."""
    gone = 0
    for place in cache_places(root):
        for table in tables_below(place):
            if table_holds(table, targets):
                _remove(table.parent)
                gone += 1
        files = list(files_below(place))
        for number, path in enumerate(files):
            progress(f"forget {place.name}", number, len(files))
            if path.exists() and (_is_orphan(path, root) or holds(path, targets)):
                _remove(path)
                gone += 1
    return gone


def cache_places(root: Path) -> list[Path]:
    """Return the parts of a cache that can hold something of a user's data."""
    return sorted(path for path in root.iterdir() if path.name not in OTHERS) if root.is_dir() else []


def _is_orphan(path: Path, root: Path) -> bool:
    """Say whether a file says what a dataset holds that is gone, so that it will never be read again."""
    if path.parent != root / "ingest":
        return False
    try:
        return not (root / "datasets" / str(json.loads(path.read_bytes())["dataset"])).is_dir()
    except (OSError, ValueError, KeyError, TypeError):
        return True


def _remove(path: Path) -> None:
    with disk_errors(path):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
