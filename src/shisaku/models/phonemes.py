"""What a text is read as, and how each word of it was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

OPENING = "(“"
CLOSE = (*";:,.!?…)”", "")

How = Literal["lexicon", "derived", "spelled", "compound", "letters"]


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word and the symbols it is read as.

    `how` it was found, from sure to unsure: ``lexicon``; ``derived`` by a regular ending; ``spelled`` letter by
    letter; ``compound`` of two known words; ``letters``, by rules from its spelling, which is a guess.
    """

    text: str
    symbols: str
    how: How


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as Kokoro's symbols, one character each, and its words in order."""

    symbols: str
    words: tuple[SpokenWord, ...]

    @property
    def guessed(self) -> tuple[str, ...]:
        """The words whose sound was guessed from their letters."""
        return tuple(word.text for word in self.words if word.how == "letters")


def spaced(pieces: Iterable[str]) -> str:
    """Return words and pauses as one line: a space before each word, none before a pause or after an opening mark."""
    line = ""
    for piece in pieces:
        close = not line or line[-1] in OPENING or piece[:1] in CLOSE
        line += piece if close else f" {piece}"
    return line
