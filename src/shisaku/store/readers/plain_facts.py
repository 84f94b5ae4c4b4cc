"""What a JSON object says beside what is meant by a format, as facts."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from typing import Any


def plain_facts(held: Mapping[str, Any], meant: Container[str]) -> dict[str, str]:
    """Return the other members as text: strings as they are, the rest as JSON; empty ones are left out."""
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in held.items()
        if key not in meant and value not in (None, "")
    }
