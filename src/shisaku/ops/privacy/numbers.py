"""Numbers that stand for a person: called only where their check digits, or a word before them, say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shisaku.ops.privacy.hit import Hit

# As on the card (4-4-4-4 or 4-6-5), or in one piece; more groups of four on either side make it a list of numbers.
CARD = re.compile(
    r"(?<![\w.-])(?<!\d{4} )(?:\d{4}(?P<s>[ -])\d{4}(?P=s)\d{4}(?P=s)\d{1,4}"
    r"|\d{4}(?P<t>[ -])\d{6}(?P=t)\d{4,5}|\d{13,19})(?!\w|[-.]\d| \d{4}(?!\d))",
    re.ASCII,
)
# Numbers that issuers give out (ISO/IEC 7812): Visa, Mastercard, American Express, Discover, JCB, Diners, UnionPay.
ISSUERS = re.compile(
    r"^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}|3[47]\d{13}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|62\d{14,17})$"
)
TWELVE = re.compile(r"(?<![\w.+-])\d{4}(?P<s>[ -]?)\d{4}(?P=s)\d{4}(?!\w|[-.]\d)", re.ASCII)
MORE_FOURS = re.compile(r" \d{4}(?!\d)")
MY_NUMBER_CUE = re.compile(r"(?:マイナンバー|個人番号|(?i:my ?number|individual number))[^\d]{0,20}$")
IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)", re.ASCII)
# Lengths of the registry of SWIFT.
IBAN_LENGTH = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24,
    "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "XK": 20,
}  # fmt: skip
SSN = re.compile(r"(?<![\w.-])(?P<area>\d{3})-(?P<group>\d{2})-(?P<serial>\d{4})(?!\w|[-.]\d)", re.ASCII)
BARE_SSN = re.compile(r"(?i:\b(?:ssn|social security(?: number| no\.?)?)\b)[^\d]{0,12}(?P<number>\d{9})(?!\d)")
ACCOUNT = re.compile(
    r"(?:口座(?:番号)?|普通(?:預金)?|当座(?:預金)?|(?i:\b(?:bank )?account (?:no\.?|number|#)))(?: is)?"
    r"[ :はが]{0,3}(?P<number>\d(?:[ -]?\d){5,16})(?!\w|[-.]\d)",
    re.ASCII,
)


def cards(text: str) -> Iterator[Hit]:
    """Give payment card numbers: of an issuer, written as on the card or in one piece, with Luhn's check digit."""
    for found in CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if ISSUERS.match(digits) and luhn(digits) and len(set(digits)) > 1:
            yield Hit("card", *found.span())


def luhn(digits: str) -> bool:
    """Whether the last digit is the one of ISO/IEC 7812-1 annex B."""
    total = 0
    for place, c in enumerate(reversed(digits)):
        value = int(c) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def my_numbers(text: str) -> Iterator[Hit]:
    """Give Japanese individual numbers: right check digit, and a word before them or 4-4-4 digits in Japanese text.

    One in ten or eleven numbers of twelve digits has the right check digit: without any other sign it is none.
    """
    shaped = re.search(r"[ぁ-んァ-ヶ一-龠]", text) is not None
    for found in TWELVE.finditer(text):
        cued = MY_NUMBER_CUE.search(text[: found.start()]) is not None
        digits = re.sub(r"\D", "", found[0])
        if (
            (cued or (shaped and found["s"] and not MORE_FOURS.match(text, found.end())))
            and my_number_check(digits)
            and len(set(digits)) > 2
        ):
            yield Hit("my_number", *found.span())


def my_number_check(digits: str) -> bool:
    """Whether the twelfth digit is the one that ordinance 85 of 2014 (article 5) asks for."""
    total = sum(int(c) * (n + 1 if n <= 6 else n - 5) for n, c in enumerate(reversed(digits[:11]), start=1))
    rest = total % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def ibans(text: str) -> Iterator[Hit]:
    """Give international bank account numbers: length of the country, remainder 1 modulo 97 (ISO 13616)."""
    for found in IBAN.finditer(text):
        number = found[0].replace(" ", "")
        length = IBAN_LENGTH.get(number[:2], 0)
        # The pattern may run on into a word in capitals behind the number.
        if length and len(number) >= length and iban_check(number[:length]):
            yield Hit("iban", found.start(), found.start() + _reach(found[0], length))


def iban_check(number: str) -> bool:
    """Whether the check digits of an IBAN without spaces are right."""
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1


def _reach(text: str, letters: int) -> int:
    for place, c in enumerate(text, start=1):
        letters -= c != " "
        if not letters:
            return place
    return len(text)


def social_security(text: str) -> Iterator[Hit]:
    """Give US social security numbers that were ever given out, written 3-2-4, or in one piece behind the word."""
    for found in SSN.finditer(text):
        if _given_out(found["area"], found["group"], found["serial"]):
            yield Hit("ssn", *found.span())
    for found in BARE_SSN.finditer(text):
        number = found["number"]
        if _given_out(number[:3], number[3:5], number[5:]):
            yield Hit("ssn", *found.span("number"))


def _given_out(area: str, group: str, serial: str) -> bool:
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def accounts(text: str) -> Iterator[Hit]:
    """Give bank account numbers, which have no common check digit: only behind a word that says so."""
    for found in ACCOUNT.finditer(text):
        yield Hit("account", *found.span("number"))
