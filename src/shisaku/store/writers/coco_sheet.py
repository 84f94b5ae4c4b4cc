"""One COCO JSON file, written line by line: its numbers and categories are known only when all lines are."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from shisaku.store.readers.coco_annotations import Category


class Numbers:
    """Gives every entry its own number: the one it had, where it is free, or the next free one."""

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._next = 1

    def keep(self, wanted: Any) -> int | None:
        """Return `wanted` if it is a number that is still free."""
        if type(wanted) is not int or wanted < 1 or wanted in self._taken:
            return None
        self._taken.add(wanted)
        return wanted

    def new(self) -> int:
        """Return the next free number; ask only when all that are to be kept are kept."""
        while self._next in self._taken:
            self._next += 1
        self._taken.add(self._next)
        return self._next


class Lines:
    """JSON objects, a line each, in a file that has no name and is gone when it is closed."""

    def __init__(self, folder: Path) -> None:
        self._file: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8", dir=folder)  # noqa: SIM115  closed by close

    def add(self, item: Mapping[str, Any]) -> None:
        """Add one object."""
        self._file.write(json.dumps(item, ensure_ascii=False, allow_nan=False) + "\n")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._file.seek(0)
        for line in self._file:
            yield json.loads(line)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


def write_sheet(
    path: Path,
    lists: Mapping[str, Iterator[Mapping[str, Any]]],
    about: Mapping[str, Any],
) -> None:
    """Write ``{about..., "images": [...], ...}``, one entry of a list a line."""
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(about, ensure_ascii=False)[:-1])
        for name, items in lists.items():
            file.write(f',\n"{name}": [')
            for number, item in enumerate(items):
                file.write((",\n" if number else "\n") + json.dumps(item, ensure_ascii=False, allow_nan=False))
            file.write("\n]")
        file.write("}\n")


def numbered(lines: Lines, numbers: Numbers, change: Callable[[dict[str, Any]], None]) -> Iterator[dict[str, Any]]:
    """Give every entry with a number of its own and what `change` puts right in it."""
    for item in lines:
        made = {"id": item["id"] if "id" in item else numbers.new(), **item}
        change(made)
        yield made


def category_rows(categories: set[Category]) -> list[dict[str, Any]]:
    """Return the list of categories, sorted by name, numbered from 1."""
    return [
        {"id": number, "name": name, "supercategory": above}
        for number, (name, above) in enumerate(sorted(categories), 1)
    ]
