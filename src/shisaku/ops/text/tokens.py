"""A text as the tokens that its n-grams are made of."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.language import UNSPACED, language_of
from shisaku.ops.reading import part_of, text_of
from shisaku.ops.text.morphemes import morphemes

WORD: Final = re.compile(r"\w+(?:['’]\w+)*")


def tokens_of(sample: Sample, name: str) -> list[str]:
    """Return the words of a text in NFKC and folded case, without signs.

    Japanese is cut into morphemes by SudachiPy (mode C), Chinese and Thai into characters. Raises DataError for a text
    without words, and for Japanese without the extra ``ja``.
    """
    plain = unicodedata.normalize("NFKC", text_of(sample, name)).casefold()
    language = language_of(part_of(sample, name, "text"))
    if language == "ja":
        found = [one.text for one in morphemes(plain)]
    elif language in UNSPACED:
        found = list(plain)
    else:
        found = WORD.findall(plain)
    words = [one for one in found if any(sign.isalnum() for sign in one)]
    if not words:
        raise DataError(say("Text {part} has no words", part=name), where=sample.id)
    return words
