"""One English word to symbols: listed, derived, spelled out, made of two, or read letter by letter."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from shisaku.models.inflection import derived, with_s
from shisaku.models.lexicon import Lexicon
from shisaku.models.phonemes import SpokenWord

PRIMARY, SECONDARY = "ˈ", "ˌ"
SHORTEST_PART = 3
LONGEST_ABBREVIATION = 5
WORDS_KEPT = 4096


class EnglishWords:
    """Words to symbols; `letters` reads what is not listed (it may be slow: its answers are kept)."""

    def __init__(self, lexicon: Lexicon, letters: Callable[[str], str]) -> None:
        self._lexicon = lexicon
        self._letters = lru_cache(WORDS_KEPT)(letters)

    def is_listed(self, word: str) -> bool:
        """Say whether the dictionary has the word as it stands."""
        return self._lexicon.find(word) is not None

    def find(self, word: str, *, last: bool = False) -> SpokenWord:
        """Return how a word is said; `last`: nothing follows it in the phrase."""
        symbols = self._lexicon.find(word, last=last)
        if symbols:
            return SpokenWord(word, symbols, "lexicon")
        symbols = derived(word, self._lexicon.find)
        if symbols:
            return SpokenWord(word, symbols, "derived")
        if word.endswith("'s"):
            owner = self.find(word[:-2])
            return SpokenWord(word, with_s(owner.symbols), owner.how)
        if word.isupper() and word.isalpha() and len(word) <= LONGEST_ABBREVIATION:
            return self.spelled(word)
        symbols = self._compound(word.lower())
        if symbols:
            return SpokenWord(word, symbols, "compound")
        return SpokenWord(word, self._letters(word.lower()), "letters")

    def spelled(self, word: str) -> SpokenWord:
        """Return the names of the letters, the last one stressed."""
        names = [self._lexicon.find(letter) or "" for letter in word]
        return SpokenWord(word, "".join(lowered(name) for name in names[:-1]) + names[-1], "spelled")

    def _compound(self, word: str) -> str | None:
        """Return two known words as one, the second stressed less; of several cuts the most even one."""
        cuts = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
        for cut in sorted(cuts, key=lambda cut: abs(2 * cut - len(word))):
            first, second = self._part(word[:cut]), self._part(word[cut:], ended=True)
            if first and second:
                return first + lowered(second)
        return None

    def _part(self, word: str, *, ended: bool = False) -> str | None:
        # names and rare words would cut nearly anything in two
        if self._lexicon.is_checked(word):
            return self._lexicon.find(word)
        checked = (lambda stem: self._lexicon.find(stem) if self._lexicon.is_checked(stem) else None) if ended else None
        return derived(word, checked) if checked else None


def lowered(symbols: str) -> str:
    """Return the symbols with primary stress made secondary."""
    return symbols.replace(SECONDARY, "").replace(PRIMARY, SECONDARY)
