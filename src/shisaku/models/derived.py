"""Bytes worked out once from weights (a converted graph, a table of vectors), kept beside them with their hash."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from shisaku.errors import MachineError
from shisaku.models.files import land

_log = logging.getLogger(__name__)


def derived(path: Path, key: str, build: Callable[[], bytes]) -> bytes:
    """Return the bytes that `build` gives for `key`, from `path` if they are there and whole, else built and stored.

    `key` names everything the bytes depend on; it and their SHA-256 stand in ``<path>.json``. A damaged or
    outdated file is built again; a cache that cannot be written only costs the building.
    """
    note = path.with_name(path.name + ".json")
    with suppress(OSError, ValueError):
        data = path.read_bytes()
        if json.loads(note.read_text(encoding="utf-8")) == _note(key, data):
            return data
    data = build()
    try:
        land(path, lambda stream: stream.write(data))
        text = json.dumps(_note(key, data), indent=1).encode()
        land(note, lambda stream: stream.write(text))
    except MachineError as error:
        _log.info("not stored: %s", error)
    return data


def _note(key: str, data: bytes) -> dict[str, str]:
    return {"key": key, "sha256": hashlib.sha256(data).hexdigest()}
