"""Paths that a table or a folder names, kept inside the folder they belong to."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from shisaku.message import Message, say


def inside(root: Path, given: str) -> Path | Message:
    """Return the file that `given` means below `root`, or why it is refused: outside, not there, no plain name."""
    path = root / given
    if "\\" in given and not _exists(path):
        path = root / given.replace("\\", "/")
    try:
        real = path.resolve()
        if not real.is_relative_to(root.resolve()):
            return say("{path} lies outside the folder", path=plain_name(given))
        if not real.is_file():
            return say("There is no file {path}", path=plain_name(given))
    except (OSError, ValueError, RuntimeError):
        # A name that is too long, has a zero byte in it, or is a link that runs in a circle.
        return say("{path} is not a usable file name", path=plain_name(given))
    return path


def plain_name(name: str) -> str:
    """Return a file name as text that can be written anywhere: composed (NFC), bytes that are not UTF-8 escaped."""
    if name.isascii():
        return name
    try:
        raw = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "backslashreplace")  # halves of characters, which JSON can hold
    text = raw.decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", text)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
