"""Signs that the bytes of a text were read in the wrong encoding, or written twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shisaku.message import say

FOREIGN = re.compile(r"[^\x00-\x7f]+")
SIGNS = {
    "replaced": re.compile("\ufffd+"),
    "control": re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb\ue000-\uf8ff]+"),
    "entity": re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,6});"),
    "escape": re.compile(r"(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2})+"),
}
READ_AS = {"cp1252": 1, "mac_roman": 1, "cp1251": 2, "cp932": 2, "gb18030": 3}  # how many characters must come out
# UTF-8 of kana and Chinese characters read as Shift_JIS gives these over and over, with half-width katakana.
SHIFTED = re.compile("[縺繧繝蜷譁螟蟄遉荳縲倥]|[\uff61-\uff9f]")
INSIDE = re.compile("[a-zA-Z][\uff61-\uff9f]+|[\uff61-\uff9f]+[a-zA-Z]|[a-z][\u4e00-\u9fff][a-z]")
COMMON = re.compile("[\u00a0-\u024f\u2000-\u20bf\u2122]")  # a single character that was misread is one of these
KANA = re.compile("[\u3040-\u30fa]")
WESTERN = re.compile("[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
WHAT = {
    "replaced": say("characters that could not be read (U+FFFD)"),
    "control": say("control or private characters"),
    "entity": say("HTML entities"),
    "escape": say("escapes of a programming language"),
    "utf8": say("UTF-8 read in another encoding"),
    "shift_jis": say("Japanese in the wrong encoding"),
    "cyrillic": say("Cyrillic in the wrong encoding"),
    "inside": say("Japanese signs inside Latin words"),
}


def damage(text: str) -> dict[str, list[str]]:
    """Return the damaged pieces of a text by what happened to them (see WHAT), empty where all is well."""
    found = {sign: pattern.findall(text) for sign, pattern in SIGNS.items()}
    found["utf8"] = list(_utf8(text))
    found["inside"] = [] if KANA.search(text) else INSIDE.findall(text)
    found["shift_jis"] = _shift_jis(text)
    found["cyrillic"] = _cyrillic(text)
    return {sign: pieces for sign, pieces in found.items() if pieces}


def _utf8(text: str) -> Iterator[str]:
    """Yield runs that become valid UTF-8 when they are written back in the encoding they were read in.

    Text that was always right is not valid UTF-8 in another encoding, but for a few pairs of letters (the idea of
    ftfy: Speer 2019); the encodings in which those are common must give several characters.
    """
    for run in FOREIGN.findall(text):
        if any(_again(run, encoding) >= least for encoding, least in READ_AS.items()):
            yield run


def _again(run: str, encoding: str) -> int:
    """Return how many characters other than ASCII a run was before it was misread, 0 if it was not."""
    try:
        raw = b"".join(_byte(character, encoding) for character in run)
        read = raw.decode()
    except UnicodeError:
        return 0
    if len(read) == len(run) or min(read) <= "\x9f" or (len(read) == 1 and not COMMON.match(read)):
        return 0
    return len(read)


def _byte(character: str, encoding: str) -> bytes:
    # What CP1252 and its like leave undefined was read as the control character of that number.
    return bytes([ord(character)]) if "\x80" <= character <= "\x9f" else character.encode(encoding)


def _shift_jis(text: str) -> list[str]:
    """Return the text if it is UTF-8 read as Shift_JIS in part, or Shift_JIS or EUC-JP read as CP1252."""
    signs = SHIFTED.findall(text)
    if len(signs) >= 3 and not KANA.search(text) and len(signs) >= 0.25 * len(text):
        return [text]
    if not _mostly_western(text):
        return []
    for encoding in ("cp932", "euc_jp"):
        read = _read_back(text, encoding)
        if read and 2 * len(KANA.findall(read)) >= len(read):
            return [text]
    return []


def _cyrillic(text: str) -> list[str]:
    """Return the words of a text that are CP1251 or KOI8-R read as CP1252: nothing but accented letters."""
    return [word for word in re.findall(r"[^\W\d_]{4,}", text) if all("\xc0" <= letter <= "\xff" for letter in word)]


def _mostly_western(text: str) -> bool:
    signs = len(WESTERN.findall(text))
    return signs >= 4 and 3 * signs >= len(text)


def _read_back(text: str, encoding: str) -> str:
    try:
        return b"".join(_byte(character, "cp1252") for character in text).decode(encoding)
    except UnicodeError:
        return ""
