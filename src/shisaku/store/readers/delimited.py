"""CSV and TSV, line by line, into compact cells."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.readers.cells import Cells, CellsBuilder

DELIMITERS = (",", "\t", ";")


def read_delimited(path: Path, encoding: str) -> tuple[tuple[str, ...], Cells]:
    """Return (columns, cells). Raises DataError with the line where the file is no CSV."""
    with open(path, encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else _delimiter(file))
        lines = ((reader.line_num, cells) for cells in reader if cells)
        try:
            header = next(lines, None)
            columns = _columns(path, header[1]) if header else ()
            held = _cells(columns, lines)
        except csv.Error as error:
            raise DataError(
                say("Line {line} is not CSV: {cause}", line=reader.line_num, cause=str(error)),
                f"{path}:{reader.line_num}",
            ) from error
    if not columns:
        raise DataError(say("The table is empty"), str(path), next=say("Its first line must name the columns"))
    return columns, held


def _delimiter(file: TextIO) -> str:
    first = next((line for line in file if line.strip("\r\n")), "")
    file.seek(0)
    return max(DELIMITERS, key=first.count)


def _columns(path: Path, header: list[str]) -> tuple[str, ...]:
    columns = tuple(name.strip() or f"column {n}" for n, name in enumerate(header, 1))
    twice = next((name for n, name in enumerate(columns) if name in columns[:n]), "")
    if twice:
        raise DataError(say("Two columns are called {name}", name=twice), f"{path}:1", next=say("Rename one of them"))
    return columns


def _cells(columns: tuple[str, ...], lines: Iterator[tuple[int, list[str]]]) -> Cells:
    held = CellsBuilder()
    for line, cells in lines:
        while len(cells) > len(columns) and not cells[-1].strip():
            cells.pop()
        if len(cells) == len(columns):
            held.add(line, dict(zip(columns, cells, strict=True)))
            continue
        # A shifted cell would be a wrong label, so the row is not repaired.
        problem = say(
            "Line {line} has {n} cells where the header has {wanted}", line=line, n=len(cells), wanted=len(columns)
        )
        held.add_broken(line, problem)
    return held.done()
