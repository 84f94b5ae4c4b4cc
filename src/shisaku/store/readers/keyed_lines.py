"""Text files of lines with a key first, as Kaldi and LibriSpeech use them: ``key value ...``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shisaku.errors import DataError
from shisaku.message import Message, say

LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number, its key, what follows it, where it begins in the file, or why it cannot be used."""

    number: int
    key: str
    value: str = ""
    offset: int = 0
    problem: Message | None = None


def keyed_lines(path: Path) -> Iterator[Line]:
    """Give the lines of a UTF-8 file that are not empty, one at a time. Raises DataError if it cannot be read."""
    offset = number = 0
    try:
        with path.open("rb") as file:
            while raw := file.readline(LONGEST):
                number += 1
                if raw.strip():
                    yield _line(number, raw, offset)
                offset += len(raw)
    except OSError as error:
        raise DataError(
            say("The file cannot be read: {cause}", cause=error.strerror or str(error)), str(path)
        ) from error


def values(path: Path) -> dict[str, str]:
    """Return key -> value of a file that need not be there; lines that are no text are left to whoever misses them."""
    if not path.is_file():
        return {}
    return {line.key: line.value for line in keyed_lines(path) if not line.problem}


def _line(number: int, raw: bytes, offset: int) -> Line:
    try:
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        return Line(number, f"line {number}", problem=say("Line {line} is not UTF-8", line=number))
    key, _, value = text.strip().replace("\t", " ").partition(" ")
    return Line(number, key, value.strip(), offset)
