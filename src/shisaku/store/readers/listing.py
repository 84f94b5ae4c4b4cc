"""A metadata table beside media files: which row means which file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from shisaku.message import Message, say
from shisaku.store.readers.inside import plain_name
from shisaku.store.readers.rows import Row, Rows
from shisaku.store.readers.walk import Found, Survey


@dataclass(frozen=True, slots=True)
class Listed:
    """A row with the name, below the folder, of the file it means, and why it cannot be used if so."""

    name: str
    row: Row
    problem: Message | None = None


def listed(found: Survey, table: Rows, column: str) -> Iterator[Listed]:
    """Give every row of `table` with its file.

    A file that is spelled otherwise on this disk (another Unicode form, ``./``, backslashes, an absolute
    path) is found all the same; the row then names it as the disk does.
    """
    files = {file.name: file for file in found.files}
    for row in table.rows:
        given = row.cell(column)
        if row.problem or not given:
            problem = row.problem or say("Line {line} names no file", line=row.line)
            yield Listed(f"{_below(found.root, str(table.path))}:{row.line}", row, problem)
            continue
        name, file = _match(found.root, table.path.parent, given, files)
        if file is None:
            yield Listed(name, row)
        else:
            cells = {**row.cells, column: os.path.relpath(file.path, table.path.parent)}
            yield Listed(name, replace(row, cells=cells), file.problem)


def _match(root: Path, home: Path, given: str, files: Mapping[str, Found]) -> tuple[str, Found | None]:
    name = _below(root, os.path.join(home, given))
    if name not in files and "\\" in given:
        slashed = _below(root, os.path.join(home, given.replace("\\", "/")))
        name = slashed if slashed in files else name
    return name, files.get(name)


def _below(root: Path, path: str) -> str:
    return plain_name(Path(os.path.relpath(path, root)).as_posix())
