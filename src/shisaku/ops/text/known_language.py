"""Languages that an op's tables are of."""

from __future__ import annotations

from shisaku.errors import DataError
from shisaku.message import say

# those written in Latin letters without marks on most of them
LATIN = ("", "en", "de", "fr", "es", "it", "pt", "nl", "da", "sv", "no", "nb", "fi", "id", "ms", "sw", "tl")


def known(language: str, part: str) -> str:
    """Return ``ja`` for Japanese and ``latin`` for what Latin letters write. Raises DataError for another language."""
    if language == "ja":
        return "ja"
    if language in LATIN:
        return "latin"
    raise DataError(
        say("Text {part} is in language {language}, whose script has no table here", part=part, language=language)
    )
