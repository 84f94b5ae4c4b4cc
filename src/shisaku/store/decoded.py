"""What came out of a media file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

AGAIN = "again "  # before a kind: the task that decodes what has the canonical form already


@dataclass(frozen=True, slots=True)
class Decoded:
    """The canonical bytes of one part and what was seen on the way (`sha256` of the file, size, rate ...)."""

    data: bytes
    facts: Mapping[str, str] = field(default_factory=dict)
