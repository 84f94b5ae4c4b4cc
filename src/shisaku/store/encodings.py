"""Bytes to text: UTF-8 with or without mark, UTF-16 with mark, or Shift_JIS (CP932), each only when it fits."""

from __future__ import annotations

import codecs
import unicodedata
from contextlib import suppress
from pathlib import Path

from shisaku.errors import DataError
from shisaku.message import Message, say

MEGABYTE = 1 << 20
TEXT_MB = 64
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_text(path: Path, limit_mb: int = TEXT_MB) -> tuple[str, Message | None]:
    """Return the text of a file, with a note if it was not UTF-8.

    Raises DataError with the line of the first byte that fits no encoding, or if the file is not text or too big.
    """
    try:
        if not path.is_file():
            raise DataError(say("This is not a plain file"), str(path))
        size = path.stat().st_size
        if size > limit_mb * MEGABYTE:
            raise DataError(
                say("The text has {size} MB; the limit is {limit} MB", size=size // MEGABYTE, limit=limit_mb), str(path)
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(
            say("The file cannot be read: {cause}", cause=error.strerror or str(error)), str(path)
        ) from error
    text, encoding = decode_text(raw, str(path))
    if encoding == "cp932":
        return text, say("{file} is Shift_JIS (CP932), not UTF-8, and was read as that", file=path.name)
    return text, None


def text_encoding(path: Path, limit_mb: int = TEXT_MB) -> tuple[str, Message | None]:
    """Return the encoding of a text file of any size, with the note of `read_text`, holding a piece of it at a time.

    Raises DataError like `read_text`.
    """
    with suppress(OSError, UnicodeError):
        if path.is_file() and path.stat().st_size <= limit_mb * MEGABYTE:
            with open(path, "rb") as file:
                start = file.read(MEGABYTE)
                marked = next((name for mark, name in MARKS if start.startswith(mark)), "")
                decoder = codecs.getincrementaldecoder(marked or "utf-8")()
                while start and (marked or b"\0" not in start):
                    decoder.decode(start)
                    start = file.read(MEGABYTE)
                if not start:
                    decoder.decode(b"", final=True)
                    return marked or "utf-8", None
    _, note = read_text(path, limit_mb)  # finds Shift_JIS, or says what is wrong and where
    return "cp932", note


def decode_text(raw: bytes, where: str) -> tuple[str, str]:
    """Return (text, encoding name). Raises DataError like `read_text`."""
    marked = next((name for mark, name in MARKS if raw.startswith(mark)), "")
    if not marked and b"\0" in raw:
        raise DataError(say("This is not a text file: it holds zero bytes"), where)
    try:
        return raw.decode(marked or "utf-8"), marked or "utf-8"
    except UnicodeDecodeError as error:
        wrong = error.start
    if not marked and _decodes(raw, "cp932") and _is_japanese(text := raw.decode("cp932"), raw):
        return text, "cp932"
    line = raw[:wrong].count(b"\n") + 1
    raise DataError(
        say("Line {line} is neither UTF-8 nor Shift_JIS", line=line),
        f"{where}:{line}",
        next=say("Save the file as UTF-8"),
    )


def _is_japanese(text: str, raw: bytes) -> bool:
    """Say whether a CP932 reading makes sense: almost any bytes can be read so, as rare kanji or half-width kana.

    Japanese has kana, or kanji whose second byte is not ASCII; Latin-1 letters, read so, swallow the
    ASCII letter that follows each of them. EUC-JP, read so, is full of half-width kana.
    """
    if any(unicodedata.category(char) in ("Cc", "Co", "Cn") and char not in "\t\r\n\f" for char in text):
        return False
    half_width = {char for char in text if "\uff61" <= char <= "\uff9f"}
    if half_width and _decodes(raw, "euc_jp"):
        return False
    foreign = {char for char in text if ord(char) > 0x7F} - half_width
    kana = any("\u3041" <= char <= "\u30fa" for char in foreign)
    return kana or any(char.encode("cp932")[-1] > 0x7F for char in foreign)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
