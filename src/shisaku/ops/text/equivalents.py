"""A user's own table of equivalents: groups of words that may stand for each other."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

MOST_ROWS = 200_000
Table = Mapping[str, tuple[str, ...]]


def table_of(words: Mapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return a mapping as a table, sorted; what stands for a word is one word or several. Raises ValueError."""
    made = {}
    for word, others in sorted(words.items()):
        options = (others,) if isinstance(others, str) else tuple(others)
        if not word.strip() or not options or not all(isinstance(one, str) and one.strip() for one in options):
            raise ValueError(f"words must map a word to one or more others, got {word!r}: {others!r}")
        made[word.strip()] = tuple(dict.fromkeys(one.strip() for one in options))
    return made


def table_from(path: str, *, both_ways: bool) -> dict[str, tuple[str, ...]]:
    """Return the table of a CSV or TSV file in UTF-8: in each row a word, then its equivalents. Raises ValueError.

    Rows that begin with # are remarks. `both_ways`: every word of a row may stand for every other.
    """
    file = Path(path)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream, delimiter="\t" if file.suffix.lower() in (".tsv", ".tab") else ","))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"table {path} cannot be read: {error}") from error
    if len(rows) > MOST_ROWS:
        raise ValueError(f"table {path} has {len(rows)} rows, more than {MOST_ROWS}")
    found: dict[str, list[str]] = {}
    for number, row in enumerate(rows, 1):
        words = [cell.strip() for cell in row if cell.strip()]
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 2:
            raise ValueError(f"table {path}, line {number}: a word without equivalents: {words[0]!r}")
        for word in words if both_ways else words[:1]:
            found.setdefault(word, []).extend(other for other in words if other != word)
    if not found:
        raise ValueError(f"table {path} has no words")
    return {word: tuple(dict.fromkeys(others)) for word, others in sorted(found.items())}
