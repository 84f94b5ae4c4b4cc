"""Regular endings of English words: how -s, -ed and -ing sound after a stem (American)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Find = Callable[[str], str | None]

HISSING = "szʃʒʧʤ"
VOICELESS = "pkfθʃsʧ"
FLAPPING = "AIOWYiuæɑəɛɪɹʊʌ"  # after these a t before a vowel is a flap


def derived(word: str, find: Find) -> str | None:
    """Return the symbols of a plural, possessive, past or -ing form whose stem `find` knows, else None."""
    for ending, stem in _stems(word.lower()):
        symbols = find(stem)
        if symbols:
            return ending(symbols)
    return None


def with_s(stem: str) -> str:
    """Return the plural, possessive or third person: dogs, cats, horses."""
    if stem[-1] in HISSING:
        return stem + "ᵻz"
    return stem + ("s" if stem[-1] in "ptkfθ" else "z")


def with_ed(stem: str) -> str:
    """Return the past: played, walked, painted."""
    if stem[-1] in "td":
        return _flapped(stem) + "ᵻd"
    return stem + ("t" if stem[-1] in VOICELESS else "d")


def with_ing(stem: str) -> str:
    """Return the -ing form: flying, sitting."""
    return _flapped(stem) + "ɪŋ"


def _flapped(stem: str) -> str:
    return stem[:-1] + "ɾ" if len(stem) > 1 and stem[-1] == "t" and stem[-2] in FLAPPING else stem


def _stems(word: str) -> Iterator[tuple[Callable[[str], str], str]]:
    if word.endswith(("s'", "'s")):
        yield with_s, word[:-2]
    elif word.endswith("s") and not word.endswith("ss") and len(word) > 2:
        yield from ((with_s, stem) for stem in _s_stems(word))
    elif word.endswith("ed") and len(word) > 3:
        yield from ((with_ed, stem) for stem in (word[:-1], *_before_vowel(word[:-2])))
    elif word.endswith("ing") and len(word) > 4:
        yield from ((with_ing, stem) for stem in (*_before_vowel(word[:-3]), word[:-3] + "e"))


def _s_stems(word: str) -> Iterator[str]:
    yield word[:-1]
    if word.endswith("ies") and len(word) > 4:
        yield word[:-3] + "y"
    elif word.endswith("es") and len(word) > 3:
        yield word[:-2]


def _before_vowel(stem: str) -> Iterator[str]:
    if len(stem) > 1:
        yield stem
    if len(stem) > 2 and stem[-1] == stem[-2]:
        yield stem[:-1]
