"""What lies in the cache folder, by kind, and removing some of it: all of it can be made, fetched or paid again."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shisaku.store.atomic import disk_errors

# What costs a download to have again goes last.
FETCHED = frozenset(("weights", "apt"))
# What costs money to have again goes only when it is named.
PAID = frozenset(("journal",))


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is kept: a step, a dataset, a wave, a model. `used` is when it was last written or read (s)."""

    kind: str
    path: Path
    bytes: int
    used: float


def entries(root: Path) -> Iterator[Entry]:
    """Give everything that is kept below the cache folder `root`; files directly in it are of kind ``other``."""
    for place in sorted(root.iterdir()) if root.is_dir() else ():
        if not place.is_dir():
            yield _entry("other", place)
            continue
        for path in sorted(place.iterdir()):
            yield _entry(place.name, path)


def kinds(root: Path) -> dict[str, list[Entry]]:
    """Return the entries of a cache by kind."""
    found: dict[str, list[Entry]] = {}
    for entry in entries(root):
        found.setdefault(entry.kind, []).append(entry)
    return found


def oldest_beyond(root: Path, most: int) -> list[Entry]:
    """Return what has to go so that at most `most` bytes stay: the least recently used, and what was fetched last.

    What was paid for neither goes nor counts.
    """
    free = [one for one in entries(root) if one.kind not in PAID]
    held = sorted(free, key=lambda one: (one.kind in FETCHED, one.used, str(one.path)))
    left = sum(one.bytes for one in held)
    gone = []
    for one in held:
        if left <= most:
            break
        gone.append(one)
        left -= one.bytes
    return gone


def remove(chosen: Iterable[Entry]) -> int:
    """Remove entries; return how many bytes they had. Raises MachineError where that is not allowed."""
    size = 0
    for one in chosen:
        with disk_errors(one.path):
            if one.path.is_dir() and not one.path.is_symlink():
                shutil.rmtree(one.path)
            else:
                one.path.unlink(missing_ok=True)
        size += one.bytes
    return size


def _entry(kind: str, path: Path) -> Entry:
    files = [path] if path.is_file() or path.is_symlink() else [one for one in path.rglob("*") if one.is_file()]
    seen = [one.lstat() for one in files]
    used = max((max(about.st_mtime, about.st_atime) for about in seen), default=path.lstat().st_mtime)
    return Entry(kind, path, sum(about.st_size for about in seen), used)
