"""Princeton WordNet 3.0, read from its database files: words by sense, synonyms, and how often a sense is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.weights import Weights, find_weights

NAME = "wordnet"
FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
KINDS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}  # 5: adjectives beside a head adjective
MARKER = re.compile(r"\((?:p|a|ip)\)$")


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a word: its synset, and how often SemCor's readers found the word to have it."""

    part: str
    offset: int
    count: int


class WordNet:
    """The four parts of speech are ``n``, ``v``, ``a`` and ``r``; words are lower case with ``_`` between their parts.

    Fellbaum 1998; file format: wndb(5WN).
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = weights.label
        try:
            self._index = {part: _index(weights, part) for part in FILES}
            self._data = {part: weights.read(f"data.{file}") for part, file in FILES.items()}
            self._irregular = {part: _irregular(weights, part) for part in FILES}
            self._counts = _counts(weights)
        except (ValueError, IndexError, UnicodeDecodeError) as error:
            raise WeightsError(
                say("A file of WordNet cannot be read: {cause}", cause=str(error)[:200]),
                where=str(weights.folder),
                next=say("Delete it and run `shisaku models pull {model}`", model=NAME),
            ) from error

    def has(self, word: str, part: str = "") -> bool:
        """Whether a word is listed, as this part of speech or as any."""
        return any(word in self._index[one] for one in (part or FILES))

    def senses(self, word: str, part: str) -> tuple[Sense, ...]:
        """Return the senses of a word, most frequent first."""
        line = self._index[part].get(word)
        if line is None:
            return ()
        fields = line.split()
        offsets = fields[-int(fields[1]) :]
        counts = (self._counts.get((word, part, place), 0) for place in range(1, len(offsets) + 1))
        return tuple(Sense(part, int(offset), count) for offset, count in zip(offsets, counts, strict=True))

    def words(self, sense: Sense) -> tuple[str, ...]:
        """Return the words of a synset in its own order, without the markers of where an adjective may stand."""
        data = self._data[sense.part]
        fields = data[sense.offset : data.index(b"\n", sense.offset)].decode().split(" ", 64)
        number = min(int(fields[3], 16), 30)
        return tuple(MARKER.sub("", fields[4 + 2 * place]) for place in range(number))

    def irregular(self, part: str) -> dict[str, str]:
        """Return the irregular forms of a part of speech: form to base."""
        return self._irregular[part]


def _index(weights: Weights, part: str) -> dict[str, str]:
    lines = weights.read(f"index.{FILES[part]}").decode().splitlines()
    # the licence stands in front, in lines that begin with a space
    return dict(line.split(" ", 1) for line in lines if not line.startswith(" "))


def _irregular(weights: Weights, part: str) -> dict[str, str]:
    lines = weights.read(f"{FILES[part]}.exc").decode().splitlines()
    return {fields[0]: fields[1] for fields in map(str.split, lines) if len(fields) > 1}


def _counts(weights: Weights) -> dict[tuple[str, str, int], int]:
    counts = {}
    for line in weights.read("cntlist.rev").decode().splitlines():
        key, number, count = line.split()
        word, kind = key.split("%", 1)
        counts[word, KINDS[kind[0]], int(number)] = int(count)
    return counts
