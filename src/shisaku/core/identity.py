"""Content fingerprints: what makes two values the same, on any machine."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any


def fingerprint(*values: object) -> str:
    """Return 32 hex digits (128 bits of SHA-256) of the values' canonical JSON."""
    text = json.dumps([_plain(v) for v in values], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def fingerprint_bytes(data: bytes) -> str:
    """Return 32 hex digits of the SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()[:32]


def _plain(value: object) -> Any:
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
