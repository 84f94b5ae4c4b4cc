"""Which keys lie beside which: QWERTY, and the kana of the JIS keyboard."""

from __future__ import annotations

from functools import cache

QWERTY = ("qwertyuiop-", "asdfghjkl", "zxcvbnm")
JIS_KANA = ("ぬふあうえおやゆよわほへー", "たていすかんなにらせ", "ちとしはきくまのりれけむ", "つさそひこみもねるめろ")
LAYOUTS = {"qwerty": QWERTY, "kana": JIS_KANA}


@cache
def neighbours(layout: str) -> dict[str, str]:
    """Return for each key those that touch it; every row lies half a key further right than the one above."""
    rows = LAYOUTS[layout]
    near: dict[str, str] = {}
    for line, row in enumerate(rows):
        for column, key in enumerate(row):
            beside = ((line, -1), (line, 1), (line - 1, 0), (line - 1, 1), (line + 1, -1), (line + 1, 0))
            found = (_key(rows, at, column + shift) for at, shift in beside)
            near[key] = "".join(one for one in found if one)
    return near


def _key(rows: tuple[str, ...], line: int, column: int) -> str:
    return rows[line][column] if 0 <= line < len(rows) and 0 <= column < len(rows[line]) else ""
