"""The one door for texts that are to be spoken: what is left out, what is refused, and with which reason."""

from __future__ import annotations

import unicodedata

from shisaku.errors import DataError
from shisaku.message import say

MAX_CHARACTERS = 2000
_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": ", ",
        "\u2026": "...",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "×": " times ",
        "÷": " divided by ",
        "°": " degrees ",
    }
)
_PLAIN_JAPANESE = str.maketrans({"×": "カケル", "÷": "ワル"})
_FRACTION = "\u2044"  # NFKD makes it of ½
_JAPANESE = ("HIRAGANA", "KATAKANA", "CJK", "IDEOGRAPHIC")


def speakable(text: str, language: str = "en") -> str:
    """Return the text plain: English in ASCII, Japanese in NFKC; symbols such as emoji left out, spaces joined.

    Raises DataError if it has letters or digits that the language is not written with, nothing to say, or
    more than 2000 characters.
    """
    plain = _japanese(text) if language == "ja" else _english(text)
    words = " ".join("".join(c if _is_said(c) else _left_out(c) for c in plain).split())
    if not any(c.isalnum() for c in words):
        raise DataError(say("There is nothing to say in this text"), next=say("Give a text with words"))
    if len(words) > MAX_CHARACTERS:
        raise DataError(
            say("The text has {n} characters, more than {limit}", n=len(words), limit=MAX_CHARACTERS),
            next=say("Split it into sentences"),
        )
    return words


def _english(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN)).replace(_FRACTION, "/")
    _refuse({c for c in plain if ord(c) > 127 and _is_letter(c)}, "English")
    return "".join(c if ord(c) < 127 or c.isspace() else _left_out(c) for c in plain)


def _japanese(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_PLAIN_JAPANESE)).replace(_FRACTION, "/")
    _refuse({c for c in plain if ord(c) > 127 and _is_letter(c) and not _is_japanese(c)}, "Japanese")
    return plain


def _refuse(letters: set[str], language: str) -> None:
    if letters:
        raise DataError(
            say("{letters} cannot be read as {language}", letters="".join(sorted(letters)[:10]), language=language),
            next=say("Name the language the text is in, or leave the text out"),
        )


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def _is_japanese(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_JAPANESE)


def _is_said(character: str) -> bool:
    kind = unicodedata.category(character)
    return character.isspace() or ord(character) in range(32, 127) or kind[0] in "LNP"


def _left_out(character: str) -> str:
    """Return a space, so that what stood on both sides stays apart; nothing for marks and joiners inside words."""
    return "" if unicodedata.category(character) in ("Mn", "Me", "Cf") else " "
