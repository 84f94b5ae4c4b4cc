"""Which scripts a language is written in, and which scripts the letters of a text are in."""

from __future__ import annotations

from collections import Counter

from shisaku.ops.language import script_of

CYRILLIC = frozenset(
    ["ru", "uk", "be", "bg", "mk", "ba", "tt", "cv", "ky", "tg", "ce", "os", "udm", "kv", "mhr", "myv", "sah", "ab"]
)
BOTH = frozenset(["sr", "kk", "uz", "mn", "az", "tk", "srl", "bs"])
OTHER = frozenset(
    [
        "ar",
        "fa",
        "ur",
        "ps",
        "ckb",
        "sd",
        "ug",
        "dv",
        "he",
        "yi",
        "hi",
        "mr",
        "ne",
        "sa",
        "mai",
        "bn",
        "as",
        "ta",
        "te",
        "kn",
        "ml",
        "si",
        "gu",
        "pa",
        "or",
        "my",
        "km",
        "lo",
        "ka",
        "hy",
        "am",
    ]
)
OWN = {
    "ja": frozenset({"ja", "zh"}),
    "zh": frozenset({"zh"}),
    "ko": frozenset({"ko", "zh"}),
    "th": frozenset({"th"}),
    "el": frozenset({"el"}),
}
LATIN = ""


def scripts_of(language: str) -> frozenset[str]:
    """Return the scripts a language is written in, in the words of `script_of`."""
    if language in OWN:
        return OWN[language]
    if language in CYRILLIC:
        return frozenset({"ru"})
    if language in BOTH:
        return frozenset({"ru", LATIN})
    return frozenset({"other"}) if language in OTHER else frozenset({LATIN})


def script_counts(text: str) -> dict[str, int]:
    """Return how many letters of a text are in each script; Chinese characters beside kana are Japanese."""
    found = Counter(script_of(character) for character in text if character.isalpha())
    if found["ja"]:
        found["ja"] += found.pop("zh", 0)
    return {script: found[script] for script in sorted(found) if found[script]}


def main_script(text: str) -> str:
    """Return the script of most letters, Latin where there are none."""
    found = script_counts(text)
    return max(found, key=lambda script: found[script], default=LATIN)
