"""Which language texts are in, as far as their script alone can tell."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable


def language_of(texts: Iterable[str]) -> str:
    """Return ``ja``, ``en`` or an empty string where the script does not settle it.

    Kana says Japanese; kanji alone does when Shift_JIS has all of them (it lacks the simplified Chinese
    ones). Latin letters without accents are taken for English, which other languages can break.
    """
    scripts: Counter[str] = Counter()
    han: set[str] = set()
    for text in texts:
        for char in text:
            if char.isalpha():
                script = _script(char)
                scripts[script] += 1
                if script == "han":
                    han.add(char)
    letters = scripts.total()
    east = scripts["kana"] + scripts["han"]
    if letters and east >= 0.2 * letters:
        return "ja" if scripts["kana"] or _in_shift_jis(han) else ""
    if letters and scripts["latin"] >= 0.99 * letters:
        return "en"
    return ""


def _script(char: str) -> str:
    if char.isascii():
        return "latin"
    name = unicodedata.name(char, "")
    if name.startswith(("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA")):
        return "kana"
    return "han" if name.startswith("CJK") else "other"


def _in_shift_jis(chars: Iterable[str]) -> bool:
    try:
        "".join(chars).encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
