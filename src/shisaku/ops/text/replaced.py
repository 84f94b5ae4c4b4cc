"""Stretches of a text replaced, and the English article before a word put right."""

from __future__ import annotations

import re
from collections.abc import Iterable

ARTICLE = re.compile(r"(?<![\w'-])([Aa])(n?)(?=\s+([A-Za-z]+))")
SILENT_H = ("hour", "honest", "honor", "honour", "heir")
SOUNDS_LIKE_YOU = re.compile(r"(?:eu|ewe|u(?:ni(?!n|m)|s[aeu]|t[ei]|r[ai]n|k|biq|fo)|one?(?:$|-|c)|ouija)")

Change = tuple[int, int, str]


def replaced(text: str, changes: Iterable[Change]) -> str:
    """Return the text with each stretch [start, end) replaced; stretches must not overlap."""
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def with_articles(text: str, words: Iterable[str]) -> str:
    """Return the text with "a" or "an" as it must be before these words, and before no others."""
    changed = {word.lower() for word in words}

    def put_right(found: re.Match[str]) -> str:
        following = found.group(3).lower()
        if not any(following == re.split("[-' ]", word)[0] for word in changed):
            return found.group()
        return found.group(1) + ("n" if _begins_with_vowel(following) else "")

    return ARTICLE.sub(put_right, text)


def told(pairs: Iterable[tuple[str, str]]) -> str:
    """Return what was replaced by what, as a fact: ``car -> auto; big -> large``."""
    return "; ".join(f"{old} -> {new}" for old, new in pairs)


def _begins_with_vowel(word: str) -> bool:
    if word.startswith(SILENT_H):
        return True
    return word[0] in "aeiou" and not SOUNDS_LIKE_YOU.match(word)
