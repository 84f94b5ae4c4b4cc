"""Texts as they are said: what two spellings of the same words have in common."""

from __future__ import annotations

import re
import unicodedata

from shisaku.models.english_numbers import MOST_DIGITS, SCALES, SMALL, TENS, digits_in_words, ordinal_in_words

ROUND = frozenset(name for _, name in SCALES)
NUMBER_WORDS = frozenset({*SMALL, *TENS[2:], *(ordinal_in_words(n) for n in (*range(20), *range(20, 100, 10)))})


def spoken_words(text: str) -> str:
    """Return an English text as lower-case words separated by single spaces, numbers in words, no punctuation.

    NFKC first. Whole numbers of up to 12 digits and ordinals come out in words without "and" ("105", "105th",
    "1,200"), numbers already in words lose the "and" inside, and "a hundred" becomes "one hundred". Longer
    numbers and those with leading zeros are said digit by digit; "3.5" is "three five", and a year is read
    as a number: "1984" is not "nineteen eighty-four".
    """
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", plain)
    words = re.sub(r"[^\w' ]|_", " ", re.sub(r"\s", " ", plain)).split()
    said = " ".join(_said(word.strip("'")) for word in words)
    return " ".join(_joined(said.split()))


def plain_words(text: str) -> str:
    """Return a text of any language with spaces as lower-case words without punctuation; numbers stay as written."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c == "'" else " " for c in plain)
    return " ".join(word for word in (word.strip("'") for word in kept.split()) if word)


def characters(text: str) -> str:
    """Return a text of any language as its letters and digits alone: NFKC, lower case, no punctuation or spaces."""
    plain = unicodedata.normalize("NFKC", text).lower()
    # Marks belong to letters (Hindi vowels), the long vowel sign of kana is a letter (Lm).
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LMN")


def _said(word: str) -> str:
    found = re.fullmatch(r"(\d+)(st|nd|rd|th)?", word)
    if not found:
        return word
    digits, ordinal = found.groups()
    plain_number = len(digits) <= MOST_DIGITS and str(int(digits)) == digits
    return ordinal_in_words(int(digits)) if ordinal and plain_number else digits_in_words(digits)


def _joined(words: list[str]) -> list[str]:
    following = [*words[1:], ""]
    words = ["one" if w == "a" and after in ROUND else w for w, after in zip(words, following, strict=False)]
    return [word for place, word in enumerate(words) if not _is_inside_number(words, place)]


def _is_inside_number(words: list[str], place: int) -> bool:
    """Whether this is the "and" of "one hundred and five"."""
    around = words[place - 1] if place else "", words[place + 1] if place + 1 < len(words) else ""
    return words[place] == "and" and around[0] in ROUND and around[1] in NUMBER_WORDS
