"""The rules of the policy by name, what one of them says, and the finders that some of them ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from shisaku.core.sample import Kind
from shisaku.errors import ShisakuError
from shisaku.message import Message, say

Rule = Literal[
    "endpoint", "level", "encryption", "model", "purpose", "files", "field", "licence", "real", "consent", "redaction",
    "finder", "text",
]  # fmt: skip
RULES: tuple[Rule, ...] = get_args(Rule)
# What a finder returns is told and written down: what kind of thing it is, and no more of it than a mask.
Finder = Callable[[bytes], Sequence[Message | str]]
Finders = Mapping[Kind, Finder]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule says of a call, or of one part in it; `denied` is None where it agrees."""

    rule: Rule
    denied: Message | None = None
    sample: str = ""
    field: str = ""


def look(finder: Finder, data: bytes) -> Sequence[Message | str]:
    """Return what a finder finds; what it cannot read is not clean."""
    try:
        return finder(data)
    except (ShisakuError, ValueError):
        return [say("what cannot be looked into")]
