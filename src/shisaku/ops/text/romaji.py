"""Kana as the keys of romaji input, and keys as the kana that an input method makes of them."""

from __future__ import annotations

VOWELS = "aiueo"
ROWS = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ",
    "m": "まみむめも", "r": "らりるれろ", "g": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ", "l": "ぁぃぅぇぉ", "x": "ぁぃぅぇぉ", "v": "　　ゔ　　",
}  # fmt: skip
OTHERS = {
    "ya": "や", "yu": "ゆ", "yo": "よ", "wa": "わ", "wo": "を", "nn": "ん", "-": "ー", "ltu": "っ", "lya": "ゃ",
    "lyu": "ゅ", "lyo": "ょ", "ja": "じゃ", "ji": "じ", "ju": "じゅ", "je": "じぇ", "jo": "じょ", "fa": "ふぁ",
    "fi": "ふぃ", "fu": "ふ", "fe": "ふぇ", "fo": "ふぉ", "shi": "し", "sha": "しゃ", "shu": "しゅ", "sho": "しょ",
    "chi": "ち", "cha": "ちゃ", "chu": "ちゅ", "cho": "ちょ", "tsu": "つ",
}  # fmt: skip
GLIDES = {
    "k": "き",
    "s": "し",
    "t": "ち",
    "n": "に",
    "h": "ひ",
    "m": "み",
    "r": "り",
    "g": "ぎ",
    "z": "じ",
    "b": "び",
    "p": "ぴ",
}
KANA_OF = {
    **{
        row + vowel: kana
        for row, line in ROWS.items()
        for vowel, kana in zip(VOWELS, line, strict=True)
        if kana != "　"
    },
    **{
        f"{row}y{vowel}": kana + small
        for row, kana in GLIDES.items()
        for vowel, small in zip("auo", "ゃゅょ", strict=True)
    },
    **OTHERS,
}
# of several ways to type a kana the first, which is the shortest and the most regular
KEYS_OF: dict[str, str] = {}
for _keys, _kana in KANA_OF.items():
    KEYS_OF.setdefault(_kana, _keys)
LONGEST_KANA, LONGEST_KEYS = 2, 3


def syllables(kana: str) -> list[str]:
    """Return hiragana cut into what is typed at once; a sign that cannot be typed stands alone."""
    units, place = [], 0
    while place < len(kana):
        size = next((size for size in (LONGEST_KANA, 1) if kana[place : place + size] in KEYS_OF), 1)
        units.append(kana[place : place + size])
        place += size
    return units


def typed(keys: str) -> str:
    """Return what an input method shows for these keys: kana, っ for a doubled consonant, and letters left over."""
    shown, place = "", 0
    while place < len(keys):
        size = next((size for size in range(LONGEST_KEYS, 0, -1) if keys[place : place + size] in KANA_OF), 0)
        if size:
            shown += KANA_OF[keys[place : place + size]]
        elif keys[place : place + 1] == keys[place + 1 : place + 2] and keys[place] not in VOWELS + "n":
            shown += "っ"
        else:
            shown += chr(ord(keys[place]) + 0xFEE0)  # an input method shows a full-width letter
        place += max(size, 1)
    return shown
