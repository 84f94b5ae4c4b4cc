"""Names of persons in English text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from shisaku.ops.privacy.hit import Hit

WORD = r"[A-Z][a-z]+(?:['’][A-Z][a-z]+)?(?:-[A-Z][a-z]+)?"
PARTICLE = "de|da|van|von|der|den|bin|al|la"
SURNAME = rf"(?:(?:[A-Z]\.|{WORD}|{PARTICLE}|Ma?c{WORD}|O['’]{WORD}) ){{0,2}}(?:Ma?c|O['’])?{WORD}"
TITLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Doctor)\.? (?P<name>{SURNAME})")
CUED = re.compile(
    r"(?i:\b(?:my name is|name of (?:the )?(?:patient|customer|caller|driver|owner|child)(?: is)?[: ]|"
    r"(?:full|first|last|family|sur|given|patient|customer|user|contact|owner|driver)[ _]?name(?: is)?[: ]|"
    r"(?:patient|signed(?: by)?|sincerely|regards|contact|attn|dear|cc)[:,]?)) ?"
    rf"(?P<name>{WORD}(?: (?:[A-Z]\.|{WORD})){{0,2}})"
)
FULL = re.compile(
    rf"\b(?P<given>[A-Z][a-z]+) (?:[A-Z]\. )?(?P<family>(?:Mc|Mac|O['’])?{WORD})\b(?! (?:Street|St|Road|Avenue|Ave))"
)
GIVEN, NOT_NAMES = "given_names.txt", "not_names.txt"


def english_names(text: str) -> Iterator[Hit]:
    """Give names behind a title or a word such as "my name is", and common given names before a surname.

    A given name alone is none: too many are also words, places and products.
    """
    for pattern in (TITLED, CUED):
        for found in pattern.finditer(text):
            words = re.split(r"[ -]", found["name"])
            if words[0].lower() not in words_of(NOT_NAMES) and (
                pattern is TITLED or len(words) > 1 or _is_given(words[0])
            ):
                yield Hit("name", *found.span("name"))
    for found in FULL.finditer(text):
        if _is_given(found["given"]) and found["family"].lower() not in words_of(NOT_NAMES):
            yield Hit("name", found.start("given"), found.end("family"))


def _is_given(word: str) -> bool:
    return word.lower() in words_of(GIVEN)


@cache
def words_of(file: str) -> frozenset[str]:
    """Return the words of a list beside this file, in small letters."""
    text = resources.files("shisaku.ops.privacy").joinpath(file).read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
