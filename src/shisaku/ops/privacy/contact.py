"""Where somebody can be reached: e-mail addresses, phone numbers, profiles and addresses on the net."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from shisaku.ops.privacy.hit import Hit

EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9](?:[\w.+-]{0,62}[A-Za-z0-9_+-])?@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}(?![\w-])",
    re.ASCII,
)
# Addresses kept for examples (RFC 2606) belong to nobody.
NOBODY = re.compile(r"@(?:[\w.-]+\.)?example(?:\.(?:com|org|net))?$|\.(?:test|invalid|localhost)$", re.IGNORECASE)
LEFT, RIGHT = r"(?<![\w#/.+-])", r"(?![\w/]|[.-]\d|@)"
SPACE = r"[ .-]?"
# Mobile and IP phones of Japan: 11 digits; fixed lines: 10 digits with the area code set off. Free-phone numbers
# (0120, 0800, 0570) belong to companies.
JA_MOBILE = re.compile(rf"{LEFT}0[56789]0(?P<s>-?)\d{{4}}(?P=s)\d{{4}}{RIGHT}", re.ASCII)
JA_FIXED = re.compile(rf"{LEFT}(?:\(0[1-9]\d{{0,3}}\) ?|0[1-9]\d{{0,3}}[-(])\d{{1,4}}[-)]\d{{4}}{RIGHT}", re.ASCII)
JA_FREE = re.compile(r"^\(?(?:0120|0800|0570|0990)")
NORTH_AMERICA = re.compile(
    rf"{LEFT}(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d(?P<s>[ .-]))[2-9]\d\d(?(s)(?P=s)|[ .-])\d{{4}}{RIGHT}",
    re.ASCII,
)
WORLD = re.compile(
    rf"(?<![\w.])\+(?P<digits>\d{{1,3}}{SPACE}(?:\(0?\d{{0,4}}\){SPACE})?(?:\d{SPACE}){{6,12}}\d){RIGHT}", re.ASCII
)
CUED_PHONE = re.compile(
    r"(?i:\b(?:tel(?:ephone)?|phone|mobile|cell|call(?: me)?(?: (?:at|on))?|fax)\b|電話|携帯|TEL|連絡先)(?: ?番号)?"
    rf"(?: ?(?:no\.?|number))?(?: is)? ?[:.はが]? ?(?P<number>\(?0\d(?:[ .()-]{{0,2}}\d){{7,9}}){RIGHT}",
    re.ASCII,
)
# ITU-T E.164 country codes, by their first digits.
COUNTRIES = re.compile(
    r"(?:1|7|2[07]|2[1-69]\d|3[0-469]|3[578]\d|4[013-9]|42\d|5[1-8]|5[09]\d|6[0-6]|6[7-9]\d|8[1246]|8[05-8]\d|9[0-58]|"
    r"9[679]\d)"
)
URL = re.compile(r"https?://[^\s<>\"'、。」）)]+", re.IGNORECASE)
PROFILE = re.compile(
    r"^https?://(?:[^/\s:@]+:[^/\s@]+@.+"
    r"|[^/]+/(?:~|@|users?/|u/|in/|profiles?/|people/|author/)[\w.%-]{2,}"
    r"|(?:[\w-]+\.)?(?:twitter|x|instagram|facebook|github|gitlab|tiktok|note|qiita)\.com/"
    r"(?!(?:search|explore|about|login|home|share|intent|topics|features)\b)[\w.-]{2,}/?$)",
    re.IGNORECASE,
)
IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)", re.ASCII)
IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){1,6}(?![\w:])", re.IGNORECASE | re.ASCII)
VERSION = re.compile(r"(?:\bv|ver(?:sion)?|release|build|section|chapter|§)[ .:]*$", re.IGNORECASE)


def emails(text: str) -> Iterator[Hit]:
    """Give e-mail addresses, those reserved for examples left out."""
    for found in EMAIL.finditer(text):
        if not NOBODY.search(found[0]) and ".." not in found[0]:
            yield Hit("email", *found.span())


def phones(text: str) -> Iterator[Hit]:
    """Give phone numbers: Japanese, North American, any with a country code, others behind a word such as "tel"."""
    for found in WORLD.finditer(text):
        digits = re.sub(r"\D", "", found["digits"])
        if COUNTRIES.match(digits) and 8 <= len(digits) <= 15 and len(set(digits)) > 2:
            yield Hit("phone", *found.span())
    for found in (*JA_MOBILE.finditer(text), *JA_FIXED.finditer(text)):
        digits = re.sub(r"\D", "", found[0])
        if not JA_FREE.match(found[0]) and len(digits) == (11 if JA_MOBILE.fullmatch(found[0]) else 10):
            yield Hit("phone", *found.span())
    for found in NORTH_AMERICA.finditer(text):
        yield Hit("phone", *found.span())
    for found in CUED_PHONE.finditer(text):
        if not JA_FREE.match(found["number"]):
            yield Hit("phone", *found.span("number"))


def profiles(text: str) -> Iterator[Hit]:
    """Give web addresses that name a person: a user's page, or a name and password inside."""
    for found in URL.finditer(text):
        address = found[0].rstrip(".,;:!?")
        if PROFILE.match(address):
            yield Hit("url", found.start(), found.start() + len(address))


def ip_addresses(text: str) -> Iterator[Hit]:
    """Give IP addresses that can be reached from the whole net; version numbers and private ranges are none."""
    for found in (*IPV4.finditer(text), *IPV6.finditer(text)):
        if VERSION.search(text[: found.start()]):
            continue
        try:
            address = ipaddress.ip_address(found[0])
        except ValueError:
            continue
        if address.is_global and not address.is_multicast:
            yield Hit("ip", *found.span())
