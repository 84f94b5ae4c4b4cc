"""Katakana as it is pronounced, to Kokoro's symbols.

The symbols are those Kokoro 1.0 was taught for Japanese: broad IPA with ``ʲ`` for palatalised and ``ᵝ`` for
rounded consonants, ``ː`` for a long vowel, ``ʔ`` for the small ッ, and ン as the nasal that the next sound makes it.
"""

from __future__ import annotations

import re

ROWS = {
    "アイウエオ": "a i ɯ e o", "カキクケコ": "ka kʲi kɯ ke ko", "ガギグゲゴ": "ɡa ɡʲi ɡɯ ɡe ɡo",
    "サシスセソ": "sa ɕi sɨ se so", "ザジズゼゾ": "ʣa ʥi zɨ ʣe ʣo", "タチツテト": "ta ʨi ʦɨ te to",
    "ダヂヅデド": "da ʥi zɨ de do", "ナニヌネノ": "na ɲi nɯ ne no", "ハヒフヘホ": "ha çi ɸɯ he ho",
    "バビブベボ": "ba bʲi bɯ be bo", "パピプペポ": "pa pʲi pɯ pe po", "マミムメモ": "ma mʲi mɯ me mo",
    "ヤユヨ": "ja jɯ jo", "ラリルレロ": "ɾa ɾʲi ɾɯ ɾe ɾo", "ワヰヱヲ": "βa i e o", "ヴヵヶヮ": "vɯ ka ke βa",
    "ァィゥェォ": "a i ɯ e o", "ャュョ": "ja jɯ jo",
}  # fmt: skip
SOUNDS = {kana: sound for row, sounds in ROWS.items() for kana, sound in zip(row, sounds.split(), strict=True)}
# a small vowel after these: the consonant that stands before it
GLIDES = {
    "ウ": "β", "ク": "kᵝ", "グ": "ɡᵝ", "ツ": "ʦ", "テ": "tʲ", "デ": "dʲ", "ト": "t", "ド": "d", "フ": "ɸ", "ヴ": "v",
    "ス": "s", "ズ": "z", "イ": "j",
}  # fmt: skip
SMALL = {"ァ": "a", "ィ": "i", "ゥ": "ɯ", "ェ": "e", "ォ": "o", "ャ": "a", "ュ": "ɨ", "ョ": "o", "ヮ": "a"}
IRREGULAR = {"ツィ": "ʦʲi", "フィ": "ɸʲi", "フュ": "ɸʲɨ", "フョ": "ɸʲo", "ヴィ": "vʲi", "ヴュ": "bʲɨ", "ヴョ": "bʲo"}
ROUND = "".join(kana for kana, sound in SOUNDS.items() if sound[-1] in "oɯɨ" and kana not in "ウゥ")
LONG, STOP, NASAL = "ー", "ッ", "ン"
NASALS = {"m": "mpb", "ŋ": "kɡ", "ɲ": "ɲʨʥ", "n": "ntdɾz"}


def to_katakana(text: str) -> str:
    """Return the text with hiragana as katakana."""
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def with_long_vowels(kana: str) -> str:
    """Return katakana with ウ as a long vowel after a sound that ends in o or u: トウダイ is トーダイ, not so ウォ."""
    return re.sub(f"(?<=[{ROUND}])ウ(?![{''.join(SMALL)}])", LONG, kana)


def kana_symbols(kana: str) -> str:
    """Return the symbols of katakana; ヴ and small vowels as in loan words, what is not katakana left out."""
    sounds = list(_sounds(kana))
    following = [*sounds[1:], ""]
    return "".join(_nasal(after) if sound == NASAL else sound for sound, after in zip(sounds, following, strict=False))


def _sounds(kana: str) -> list[str]:
    sounds: list[str] = []
    place = 0
    while place < len(kana):
        pair = _pair(kana[place : place + 2])
        sound = pair or {LONG: "ː", STOP: "ʔ", NASAL: NASAL}.get(kana[place]) or SOUNDS.get(kana[place], "")
        if sound and not (sound == "ː" and not sounds):
            sounds.append(sound)
        place += 2 if pair else 1
    return sounds


def _pair(two: str) -> str:
    """Return the sound of a kana and the small one after it, empty if they are not a pair."""
    if len(two) < 2 or two[1] not in SMALL:
        return ""
    if two in IRREGULAR:
        return IRREGULAR[two]
    if two[0] in GLIDES:
        return GLIDES[two[0]] + SMALL[two[1]]
    sound = SOUNDS.get(two[0], "")
    if len(sound) > 1 and sound.endswith("i"):
        return sound[:-1] + SMALL[two[1]]
    return ""


def _nasal(following: str) -> str:
    return next((nasal for nasal, sounds in NASALS.items() if following[:1] and following[0] in sounds), "ɴ")
