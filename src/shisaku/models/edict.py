"""EDICT, read as a thesaurus: Japanese words that its editors gave the same English glosses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.weights import Weights, find_weights

NAME = "edict"
COMMON = "(P)"
PART = re.compile(r"^\(((?:n|v|adj|adv|vs|vi|vt|suf|pref)[^)]*)\) ")
SENSE = re.compile(r"^(?:\([^)]*\) )*\((\d+)\) ")
# words that only some people use, or that hurt
MARKED = re.compile(r"\((?:arch|obs|obsc|rare|vulg|derog|col|sl|hon|hum|pol|fam|chn|X|male|fem|id|yoji|proverb|poet)\)")
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A common word with one sense: its spelling, its part of speech as EDICT has it, its glosses."""

    word: str
    part: str
    glosses: frozenset[str]


class Edict:
    """Synonyms by equal glosses, only among common words ((P) in EDICT) with one sense each.

    Two words count as synonyms if they are of one part of speech, share at least two glosses, and these are at least
    half of the glosses of both together; or if each has a single gloss, the same one.
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = weights.label
        self._entries = _read(weights)

    def synonyms(self, word: str, nearest: float = 0.5) -> tuple[str, ...]:
        """Return words of equal glosses, nearest first; `nearest` is the least share of glosses in common."""
        found: dict[str, float] = {}
        for one in self._by_word.get(word, ()):
            others = {other.word: other for gloss in one.glosses for other in self._by_gloss.get(gloss, ())}
            for other in others.values():
                shared, both = len(one.glosses & other.glosses), len(one.glosses | other.glosses)
                enough = shared >= FEWEST or shared == both
                if other.word != word and other.part == one.part and enough and shared / both >= nearest:
                    found[other.word] = max(found.get(other.word, 0.0), shared / both)
        return tuple(sorted(found, key=lambda other: (-found[other], other)))

    @cached_property
    def _by_word(self) -> dict[str, list[Entry]]:
        table: dict[str, list[Entry]] = {}
        for entry in self._entries:
            table.setdefault(entry.word, []).append(entry)
        return table

    @cached_property
    def _by_gloss(self) -> dict[str, list[Entry]]:
        table: dict[str, list[Entry]] = {}
        for entry in self._entries:
            for gloss in entry.glosses:
                table.setdefault(gloss, []).append(entry)
        return table


def _read(weights: Weights) -> tuple[Entry, ...]:
    try:
        lines = weights.read("edict").decode("euc_jp").splitlines()
        return tuple(entry for line in lines if COMMON in line for entry in _entries(line))
    except (UnicodeDecodeError, IndexError) as error:
        raise WeightsError(
            say("EDICT cannot be read: {cause}", cause=str(error)[:200]),
            where=str(weights.folder),
            next=say("Delete it and run `shisaku models pull {model}`", model=NAME),
        ) from error


def _entries(line: str) -> Iterator[Entry]:
    head, body = line.split(" /", 1)
    glosses = [gloss for gloss in body.split("/") if gloss and gloss != COMMON and not gloss.startswith("EntL")]
    part = PART.match(glosses[0]) if glosses else None
    if part is None or any(SENSE.match(gloss) for gloss in glosses) or MARKED.search(body):
        return
    # a note stays in its gloss: "king" is no "king (shogi)"
    plain = frozenset(filter(None, (PART.sub("", gloss).strip().lower().removeprefix("to ") for gloss in glosses)))
    if plain:
        yield Entry(head.split(" ")[0], part.group(1), plain)
