"""Which language a text part is in: by its script first, then by its tag."""

from __future__ import annotations

import unicodedata

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.reading import part_of, text_of

SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "HANGUL": "ko",
    "CYRILLIC": "ru",
    "THAI": "th",
    "GREEK": "el",
}
UNSPACED = ("ja", "zh", "th")


def language_of(part: Part) -> str:
    """Return the primary language subtag of a text part, or an empty string where nothing tells.

    A tag is believed unless most letters are of a script that language is not written in. Without a tag
    only the script tells: kana means ``ja``, Chinese characters alone ``zh``, Latin letters nothing.
    """
    tag = part.lang.replace("_", "-").split("-")[0].lower()
    letters = [script_of(character) for character in part.text if character.isalpha()]
    foreign = [script for script in letters if script]
    if 2 * len(foreign) <= len(letters):
        return tag
    if tag in foreign or (tag and tag != "en"):
        return tag
    return "ja" if "ja" in foreign else max(sorted(set(foreign)), key=foreign.count)


def script_of(character: str) -> str:
    """Return the language that the script of a letter stands for, empty for Latin, ``other`` for the rest."""
    script = unicodedata.name(character, "LATIN").split(" ")[0].split("-")[0]
    if script in ("LATIN", "FULLWIDTH", "MODIFIER", "FEMININE", "MASCULINE", "MICRO"):
        return ""
    return SCRIPTS.get(script, "other")


def english_of(sample: Sample, name: str, who: str) -> str:
    """Return an English text, or one whose language nothing tells. Raises DataError for any other language."""
    text = text_of(sample, name)
    language = language_of(part_of(sample, name, "text"))
    if language not in ("", "en"):
        raise DataError(
            say(
                "{who} knows English only, and text {part} is in language {language}",
                who=who,
                part=name,
                language=language,
            ),
            where=sample.id,
        )
    return text
