"""Content fingerprints: what makes two values the same, on any machine."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
ATOMS = frozenset({str, int, float, bool, type(None)})


def fingerprint(*values: object) -> str:
    """Return 32 hex digits (128 bits of SHA-256) of the values' canonical JSON."""
    return hashlib.sha256(CANONICAL.encode([_plain(v) for v in values]).encode()).hexdigest()[:32]


def fingerprint_bytes(data: bytes) -> str:
    """Return 32 hex digits of the SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()[:32]


def _plain(value: object) -> Any:
    # What nearly all values are comes first, by its exact type: asking what abstract kind a value is of costs more.
    if type(value) in ATOMS:
        return value
    if type(value) is dict:
        return {str(k): v if type(v) in ATOMS else _plain(v) for k, v in value.items()}
    if type(value) is list or type(value) is tuple:
        return [v if type(v) in ATOMS else _plain(v) for v in value]
    return _plain_of_others(value)


def _plain_of_others(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"<type>": type(value).__qualname__, **fields}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(_plain(v) for v in value)
    if isinstance(value, bytes):
        return fingerprint_bytes(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"no fingerprint for {type(value).__name__}")
