"""What a reader says when it is shown a path and knows the layout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from shisaku.message import Message

# How sure a layout is: by a file or form that only this format has, by names that others could use too, by the
# mere presence of media. Between two of one strength the user decides.
CERTAIN, LIKELY, FALLBACK = 90, 60, 10


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout by name, why it was taken for that, its reader, and what stays in doubt.

    `door` is the reader's name behind the ``shisaku.readers`` door, `strength` how specific the signs are.
    """

    name: str
    why: tuple[Message, ...]
    reader: Any
    problems: tuple[Message, ...] = ()
    door: str = ""
    strength: int = LIKELY


@runtime_checkable
class Recognises(Protocol):
    """A reader class that knows its layout when it sees it: by names and first bytes, never by reading everything."""

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout at `path` with the reader that reads it, or None where it is another one."""
        ...
