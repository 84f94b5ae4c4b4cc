"""A metric's state as JSON text and back: plain values, bytes, tuples and NumPy arrays, without pickle."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

BYTES, TUPLE, ARRAY, PAIRS = "<bytes>", "<tuple>", "<array>", "<pairs>"
TAGS = frozenset({BYTES, TUPLE, ARRAY, PAIRS})


def state_to_json(state: Any) -> str:
    """Return `state` as JSON text. Raises TypeError for a value that has no plain form."""
    return json.dumps(_write(state), separators=(",", ":"))


def state_from_json(text: str) -> Any:
    """Return what `state_to_json` was given."""
    return _read(json.loads(text))


def _write(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = np.asarray(value)
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise TypeError("an array of objects has no plain form")
        raw = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {ARRAY: [value.dtype.str, list(value.shape), raw]}
    if isinstance(value, Mapping):
        plain = all(isinstance(key, str) and key not in TAGS for key in value)
        if plain:
            return {key: _write(item) for key, item in value.items()}
        return {PAIRS: [[_write(key), _write(item)] for key, item in value.items()]}
    if isinstance(value, tuple):
        return {TUPLE: [_write(item) for item in value]}
    if isinstance(value, list):
        return [_write(item) for item in value]
    if isinstance(value, bytes):
        return {BYTES: base64.b64encode(value).decode()}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"a {type(value).__name__} has no plain form")


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        tag, held = next(iter(value.items()))
        if tag == BYTES:
            return base64.b64decode(held)
        if tag == TUPLE:
            return tuple(_read(item) for item in held)
        if tag == PAIRS:
            return {_read(key): _read(item) for key, item in held}
        if tag == ARRAY:
            kind, shape, raw = held
            return np.frombuffer(base64.b64decode(raw), np.dtype(kind)).reshape(shape).copy()[()]
    return {key: _read(item) for key, item in value.items()}
