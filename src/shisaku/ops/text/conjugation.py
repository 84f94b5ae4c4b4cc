"""Forms of Japanese verbs from their base and UniDic's name of their conjugation."""

from __future__ import annotations

ROWS = {
    "カ": "かきくけこ", "ガ": "がぎぐげご", "サ": "さしすせそ", "タ": "たちつてと", "ナ": "なにぬねの",
    "バ": "ばびぶべぼ", "マ": "まみむめも", "ラ": "らりるれろ", "ワ": "わいうえお",
}  # fmt: skip
PASTS = {
    "カ": "いた",
    "ガ": "いだ",
    "サ": "した",
    "タ": "った",
    "ラ": "った",
    "ワ": "った",
    "ナ": "んだ",
    "バ": "んだ",
    "マ": "んだ",
}
HONORIFIC = ("ござる", "御座る", "なさる", "いらっしゃる", "おっしゃる", "くださる", "下さる")
LIKE_ICHIDAN = ("上一段", "下一段", "助動詞-レル")
GOING = ("行く", "いく", "逝く")
ONLY_NOT = {"ある": "ない", "有る": "ない"}


def polite_stem(base: str, kind: str) -> str | None:
    """Return what stands before ます, None for a conjugation that is not known: 行く is 行き."""
    if base in HONORIFIC:
        return base[:-1] + "い"
    return _stem(base, kind, vowel=1, irregular=("し", "き"))


def past(base: str, kind: str) -> str | None:
    """Return the plain past: 行く is 行った."""
    row = _row(kind)
    if row:
        return base[:-1] + ("った" if base.endswith(GOING) else PASTS[row])
    return _with(polite_stem(base, kind), "た")


def negative(base: str, kind: str) -> str | None:
    """Return the plain negative: 行く is 行かない."""
    return ONLY_NOT.get(base) or _with(_stem(base, kind, vowel=0, irregular=("し", "こ")), "ない")


def volitional(base: str, kind: str) -> str | None:
    """Return the plain volitional: 行く is 行こう."""
    stem = _stem(base, kind, vowel=4, irregular=("し", "こ"))
    return _with(stem, "う" if _row(kind) else "よう")


def _row(kind: str) -> str:
    """Return the row of the five-grade verb that `kind` names, empty for other conjugations."""
    head, _, tail = kind.partition("-")
    return tail[:1] if head == "五段" and tail[:1] in ROWS else ""


def _stem(base: str, kind: str, *, vowel: int, irregular: tuple[str, str]) -> str | None:
    row = _row(kind)
    if row:
        return base[:-1] + ROWS[row][vowel]
    if kind.startswith(LIKE_ICHIDAN):
        return base[:-1]
    if kind == "サ行変格" and base.endswith("する"):
        return base[:-2] + irregular[0]
    if kind == "カ行変格":
        return base[:-1] if base.endswith("来る") else base[:-2] + irregular[1]
    return None


def _with(stem: str | None, ending: str) -> str | None:
    return None if stem is None else stem + ending
