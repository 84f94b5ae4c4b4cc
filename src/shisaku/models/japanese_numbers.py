"""Numbers in digits as Japanese says them, in katakana, with the sound changes of hundreds, thousands and counters."""

from __future__ import annotations

import re

DIGITS = ("", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー")
ZERO = "ゼロ"
HUNDREDS = {1: "ヒャク", 3: "サンビャク", 6: "ロッピャク", 8: "ハッピャク"}
THOUSANDS = {1: "セン", 3: "サンゼン", 8: "ハッセン"}
MYRIADS = ((10**12, "チョー"), (10**8, "オク"), (10**4, "マン"))
MOST_DIGITS = 16
THINGS = ("", "ヒトツ", "フタツ", "ミッツ", "ヨッツ", "イツツ", "ムッツ", "ナナツ", "ヤッツ", "ココノツ")
DAYS = {
    2: "フツカ", 3: "ミッカ", 4: "ヨッカ", 5: "イツカ", 6: "ムイカ", 7: "ナノカ", 8: "ヨーカ", 9: "ココノカ",
    10: "トーカ", 14: "ジューヨッカ", 20: "ハツカ", 24: "ニジューヨッカ",
}  # fmt: skip
WHOLE = {"つ": dict(enumerate(THINGS)), "人": {1: "ヒトリ", 2: "フタリ"}, "日": DAYS}
# counters that change the digit before them
CHANGED_DIGIT = {
    "人": ("ニン", {4: "ヨ"}), "円": ("エン", {4: "ヨ"}), "年": ("ネン", {4: "ヨ"}), "日": ("ニチ", {}),
    "時": ("ジ", {4: "ヨ", 7: "シチ", 9: "ク"}), "月": ("ガツ", {4: "シ", 7: "シチ", 9: "ク"}),
}  # fmt: skip
# counters as they sound in general, after a doubled consonant, and after サン, セン and マン
COUNTERS = {
    "本": ("ホン", "ポン", "ボン"), "匹": ("ヒキ", "ピキ", "ビキ"), "ひき": ("ヒキ", "ピキ", "ビキ"),
    "杯": ("ハイ", "パイ", "バイ"), "分": ("フン", "プン", "プン"), "個": ("コ",) * 3, "こ": ("コ",) * 3,
    "回": ("カイ",) * 3, "階": ("カイ", "カイ", "ガイ"), "歳": ("サイ",) * 3, "才": ("サイ",) * 3, "冊": ("サツ",) * 3,
    "足": ("ソク", "ソク", "ゾク"), "頭": ("トー",) * 3, "着": ("チャク",) * 3,
    "セント": ("セント",) * 3, "センチ": ("センチ",) * 3, "トン": ("トン",) * 3,
}  # fmt: skip
DOUBLING = {"イチ": "イッ", "ハチ": "ハッ", "ジュー": "ジュッ"}
DOUBLING_MORE = {"ロク": "ロッ", "ヒャク": "ヒャッ"}  # before k and h only
VOICING = ("サン", "セン", "ゼン", "マン")
NUMBER = re.compile(
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d+)|(?P<counter>"
    + "|".join(["つ", *CHANGED_DIGIT, *(text for text in COUNTERS if text != "分"), r"分(?!の\d)"])
    + "))?"
)


def numbers_said(text: str) -> str:
    """Return a Japanese text with its digits, and the counters that change with them, in katakana.

    Numbers with leading zeros or more than 16 digits are said digit by digit.
    """
    text = re.sub(r"(?<=\d)分の(?=\d)", "ブンノ", re.sub(r"(?<=\d)[~〜](?=\d)", "カラ", text))
    return NUMBER.sub(_said, text)


def number_kana(number: int) -> str:
    """Return a whole number from 0 to 10^16 - 1 in katakana: 3600 is サンゼンロッピャク."""
    if number == 0:
        return ZERO
    said = ""
    for size, name in MYRIADS:
        count, number = divmod(number, size)
        if count:
            group = _group(count, alone=False)
            said += (_doubled(group, DOUBLING) if name == "チョー" else group) + name
    return said + _group(number, alone=True)


def _group(number: int, *, alone: bool) -> str:
    """Return 0 to 9999; a thousand that counts myriads is イッセン, `alone` it is セン."""
    thousands, hundreds, tens, ones = (number // 10**power % 10 for power in (3, 2, 1, 0))
    said = ""
    if thousands:
        said += "イッセン" if thousands == 1 and not alone else THOUSANDS.get(thousands, DIGITS[thousands] + "セン")
    if hundreds:
        said += HUNDREDS.get(hundreds, DIGITS[hundreds] + "ヒャク")
    if tens:
        said += (DIGITS[tens] if tens > 1 else "") + "ジュー"
    return said + DIGITS[ones]


def _said(found: re.Match[str]) -> str:
    digits = found["whole"].replace(",", "")
    counter = found["counter"] or ""
    if len(digits) > MOST_DIGITS or (len(digits) > 1 and digits[0] == "0"):
        return "".join(DIGITS[int(digit)] or ZERO for digit in digits) + counter
    if found["decimals"]:
        decimals = "".join(DIGITS[int(digit)] or ZERO for digit in found["decimals"])
        return f"{_doubled(number_kana(int(digits)), DOUBLING)}テン{decimals}"
    return _counted(int(digits), counter)


def _counted(number: int, counter: str) -> str:
    whole = WHOLE.get(counter, {}).get(number)
    if whole:
        return whole
    said = number_kana(number)
    if counter in CHANGED_DIGIT:
        name, changed = CHANGED_DIGIT[counter]
        digit = changed.get(number % 10)
        return (said.removesuffix(DIGITS[number % 10]) + digit if digit else said) + name
    if counter not in COUNTERS:
        return said + counter
    usual, after_double, after_nasal = COUNTERS[counter]
    doubled = _doubled(said, DOUBLING | DOUBLING_MORE if usual[0] in "カコハヒフホ" else DOUBLING)
    if doubled != said:
        return doubled + after_double
    if said.endswith(VOICING) or (counter == "分" and said.endswith("ヨン")):
        return said + after_nasal
    return said + usual


def _doubled(said: str, changes: dict[str, str]) -> str:
    return next((said.removesuffix(end) + new for end, new in changes.items() if said.endswith(end)), said)
