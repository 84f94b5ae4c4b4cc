"""Where somebody lives, when somebody was born, what somebody drives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from shisaku.ops.privacy.hit import Hit

PREFECTURE = (
    "(?:北海道|東京都|(?:大阪|京都)府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山|石川|福井|"
    "山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|"
    "大分|宮崎|鹿児島|沖縄)県)"
)
KANJI = "一-龠々〇ヶケノ"
NUMERAL = r"(?:\d{1,4}|[一二三四五六七八九十]{1,3})"
# A house number: 1-2-3, 1丁目2番3号, 123番地.
HOUSE = (
    rf"(?:{NUMERAL} ?(?:丁目|番地?|号)(?: ?-?{NUMERAL} ?(?:番地?|号)?){{0,3}}|\d{{1,4}}-\d{{1,4}}(?:-\d{{1,4}}){{0,2}})"
)
CITY = rf"[{KANJI}ぁ-んァ-ヶ]{{1,7}}?[市区町村郡]"
ADDRESS_JA = re.compile(
    rf"(?:{PREFECTURE} ?{CITY}[{KANJI}ぁ-んァ-ヶ ]{{0,16}}?{HOUSE}"
    rf"|(?<![{KANJI}])[{KANJI}]{{1,5}}[市区町村][{KANJI}ァ-ヶ]{{1,10}}?{HOUSE})(?:号室)?"
)
CUED_ADDRESS_JA = re.compile(rf"住所[:は ]{{1,3}}(?P<place>{PREFECTURE} ?{CITY})")
POSTAL_JA = re.compile(r"〒 ?\d{3}-?\d{4}(?!\d)|(?<=郵便番号)[:は ]{0,3}\d{3}-?\d{4}(?!\d)")
POSTAL_BEFORE_JA = re.compile(rf"(?<![\w-])\d{{3}}-\d{{4}}(?= ?{PREFECTURE})")
STATE = (
    "(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]"
    "|W[AIVY])"
)
STREET = (
    "(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Terrace|Square|Sq|Way"
    "|Highway|Hwy)"
)
ADDRESS_EN = re.compile(
    rf"(?<![\w.-])\d{{1,5}}[A-Za-z]? (?:[NSEW]\.? )?(?:[A-Z][a-z'’]+ |\d{{1,3}}(?:st|nd|rd|th) ){{1,3}}{STREET}\b\.?"
    rf"(?:,? (?:Apt|Apartment|Unit|Suite|#)\.? ?\w{{1,5}})?"
    rf"(?:,? [A-Z][a-z]+(?: [A-Z][a-z]+)?,? {STATE} \d{{5}}(?:-\d{{4}})?)?"
)
# The outer part of British postcodes begins with one of 124 areas.
POSTCODE_GB = re.compile(
    r"\b(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|"
    r"M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE)\d[A-Z\d]?"
    r" \d[ABD-HJLNP-UW-Z]{2}\b"
)
POSTAL_CUE = re.compile(r"(?:post ?code|postal code|zip(?: code)?)[: ]{0,3}(?:is )?$", re.IGNORECASE)
BIRTH_CUE = re.compile(
    r"(?:\bborn(?: on| in)?|\bdate of birth|\bdob|\bbirth ?da(?:y|te)|生年月日|誕生日|生まれは)(?: is| was)?"
    r"[ :はが、()]{0,4}$",
    re.IGNORECASE,
)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = r"(?P<name>(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})\.?"
DATES = (
    re.compile(r"(?<!\d)(?P<y>(?:18|19|20)\d\d)(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<y>(?:18|19|20)\d\d)(?!\d)"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{MONTH},? (?P<y>(?:18|19|20)\d\d)(?!\d)"),
    re.compile(rf"\b{MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>(?:18|19|20)\d\d)(?!\d)"),
    re.compile(
        r"(?:(?P<y>(?:18|19|20)\d\d)|(?:明治|大正|昭和|平成|令和)(?:\d{1,2}|元))年 ?(?P<m>\d{1,2})月 ?(?P<d>\d{1,2})日"
    ),
)
BORN_BEHIND = re.compile(r"^ ?(?:生まれ|生(?![一-龠])|\(生年月日\))")
# Number plates of Japan: office, class, kana (four of them are never given), serial.
PLATE_JA = re.compile(
    rf"(?<![{KANJI}])[{KANJI}ぁ-んァ-ヶ]{{1,4}}\s?\d{{2}}[0-9ACFHKLMPXY]?\s*[あ-えか-こさすせそた-とな-のはひふほま-もやゆよら-ろわをAEHKMTY]"
    r"\s?(?:\d{2}-\d{2}|[・.]{1,3} ?\d{1,3}(?:-\d{2})?)(?!\d)"
)
PLATE_CUE = re.compile(
    r"(?i:\b(?:(?:licen[cs]e|number|registration) plate|licen[cs]e|plate|reg(?:istration)?)"
    r"(?: (?:no\.?|number))?)(?: is| was|:)* ?"
    r"(?P<plate>(?=[A-Z0-9 -]*\d[A-Z0-9 -]*\d)(?=[A-Z0-9 -]*[A-Z])[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4}){1,2})(?![\w-])"
)


def addresses(text: str) -> Iterator[Hit]:
    """Give addresses with a house number: Japanese, and English ones with a kind of street."""
    for found in (*ADDRESS_JA.finditer(text), *ADDRESS_EN.finditer(text)):
        yield Hit("address", *found.span())
    for found in CUED_ADDRESS_JA.finditer(text):
        yield Hit("address", *found.span("place"))


def postal_codes(text: str) -> Iterator[Hit]:
    """Give postal codes that a sign, a word or the place behind them tells from other numbers."""
    for found in (*POSTAL_JA.finditer(text), *POSTAL_BEFORE_JA.finditer(text)):
        yield Hit("postal_code", *found.span())
    for found in POSTCODE_GB.finditer(text):
        yield Hit("postal_code", *found.span())
    for found in re.finditer(r"(?<![\w-])\d{5}(?:-\d{4})?(?![\w-])", text):
        if POSTAL_CUE.search(text[: found.start()]):
            yield Hit("postal_code", *found.span())


def birth_dates(text: str) -> Iterator[Hit]:
    """Give dates that a word says are somebody's birth; a date alone is none."""
    for pattern in DATES:
        for found in pattern.finditer(text):
            cued = BIRTH_CUE.search(text[: found.start()]) or BORN_BEHIND.search(text[found.end() :])
            if cued and _is_date(found):
                yield Hit("birth_date", *found.span())


def plates(text: str) -> Iterator[Hit]:
    """Give number plates: Japanese by their form, others behind a word that says so."""
    for found in PLATE_JA.finditer(text):
        yield Hit("plate", *found.span())
    for found in PLATE_CUE.finditer(text):
        yield Hit("plate", *found.span("plate"))


def _is_date(found: re.Match[str]) -> bool:
    held = found.groupdict()
    year = int(held.get("y") or 2000)
    if held.get("name"):
        orders = [(MONTHS.index(held["name"][:3].lower()) + 1, int(held["d"]))]
    elif held.get("a"):
        orders = [(int(held["a"]), int(held["b"])), (int(held["b"]), int(held["a"]))]
    else:
        orders = [(int(held["m"]), int(held["d"]))]
    return any(_exists(year, month, day) for month, day in orders)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
