"""The hash chain of the ledger: one canonical JSON line per record, each holding the hash of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

START: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """How many records there are, and the hash of the last."""

    records: int = 0
    hash: str = START


def link(entry: Mapping[str, Any], head: Head, when: str) -> tuple[bytes, Head]:
    """Return the line of the record that follows `head`, and the head after it."""
    record = {**entry, "seq": head.records + 1, "when": when, "prev": head.hash}
    own = hashlib.sha256(canonical(record)).hexdigest()
    return canonical({**record, "hash": own}) + b"\n", Head(head.records + 1, own)


def read_line(line: bytes) -> dict[str, Any] | None:
    """Return the record of a line (without its newline) if the line is whole and its own hash is right, else None."""
    import orjson

    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(record, dict) or not isinstance(record.get("seq"), int):
        return None
    # Another spelling of the same record (spaces, a name given twice) is a change as well.
    return record if canonical(record) == line and record.get("hash") == _own(record) else None


def _own(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical({k: v for k, v in record.items() if k != "hash"})).hexdigest()


def canonical(record: Mapping[str, Any]) -> bytes:
    """Return JSON in UTF-8 with sorted keys and no spaces: what any language's JSON library can write again."""
    import orjson

    try:
        return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return orjson.dumps(_spelled(record), option=orjson.OPT_SORT_KEYS)


def _spelled(value: Any) -> Any:
    """Return a value whose texts are UTF-8: a file name that is none (a lone surrogate) is written with escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {_spelled(str(k)): _spelled(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(v) for v in value]
    return value
