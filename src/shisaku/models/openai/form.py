"""Fields of a multipart form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shisaku.guard.call import Attachment


def fields(values: Mapping[str, Any]) -> list[Attachment]:
    """Return plain values as fields; what is None is left out."""
    return [Attachment(name, _plain(value).encode()) for name, value in values.items() if value is not None]


def file(name: str, data: bytes, filename: str, content_type: str) -> Attachment:
    """Return a file as a field."""
    return Attachment(name, data, filename, content_type)


def _plain(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | Mapping | list) else str(value)
