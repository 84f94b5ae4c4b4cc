"""What the values in the data of a Label Studio task mean: files beside the export, addresses, texts."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from shisaku.message import Message, say
from shisaku.store.readers.inside import inside, plain_name
from shisaku.store.readers.walk import kind_of

MEDIA = ("image", "audio", "video")
KINDS_BY_KEY = {"img": "image", "photo": "image", "picture": "image", "sound": "audio", "wav": "audio"}
LOCAL, UPLOAD = "/data/local-files/", "/data/upload/"
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
EMBEDDED = re.compile(r"data:(image|audio|video)/[\w.+-]+;base64,")
UPLOADED_AS = re.compile(r"^[0-9a-f]{8}-")  # Label Studio puts this before the name of an uploaded file
LONGEST = 2000


def media_kind(key: str, value: str) -> str:
    """Return image, audio or video where a value names a file of that kind, else an empty text."""
    embedded = EMBEDDED.match(value)
    if embedded:
        return embedded[1]
    if len(value) > LONGEST or "\n" in value:
        return ""
    by_name = kind_of(named_path(value))
    if by_name in MEDIA:
        return by_name
    by_key = KINDS_BY_KEY.get(key.lower(), key.lower())
    is_place = ADDRESS.match(value) or value.startswith((LOCAL, UPLOAD))
    return by_key if is_place and by_key in MEDIA else ""


def media_source(root: Path, value: str) -> Path | bytes | Message:
    """Return the file below `root` (or the bytes in the value itself), or why there is none. Nothing is fetched."""
    if EMBEDDED.match(value):
        try:
            return base64.b64decode(value.partition(",")[2], validate=True)
        except (binascii.Error, ValueError):
            return say("The file inside the task is damaged")
    if ADDRESS.match(value):
        return say("{address} is an address, and nothing is fetched: put the file beside the export", address=value)
    given = named_path(value)
    for place in _places(given, value.startswith(("/data/", LOCAL, UPLOAD))):
        found = inside(root, place)
        if isinstance(found, Path):
            return found
    return inside(root, given)


def named_path(value: str) -> str:
    """Return the path in a value: that behind ``?d=`` for local files, else the path of the address."""
    if value.startswith(LOCAL):
        return plain_name(parse_qs(urlsplit(value).query).get("d", [""])[0])
    if ADDRESS.match(value) or value.startswith("/data/"):
        return plain_name(unquote(urlsplit(value).path)).removeprefix("/data/") if _splits(value) else value
    return value


def _splits(value: str) -> bool:
    try:
        urlsplit(value)
    except ValueError:
        return False
    return True


def _places(given: str, of_server: bool) -> list[str]:
    """Return where a file may lie beside the export, whose folders were others on the server."""
    parts = [part for part in PurePosixPath(given).parts if part != "/"]
    if not of_server or not parts or ".." in parts:
        return [given]
    tails = ["/".join(parts[start:]) for start in range(len(parts))]
    name = parts[-1]
    plain = UPLOADED_AS.sub("", name)
    return [*tails, *(f"{folder}/{one}" for folder in ("images", "media") for one in (name, plain)), plain]
