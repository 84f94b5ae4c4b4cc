"""How far the work is; the doors decide how to show it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with what is being done, how many of how many items are done; cheap, from any thread."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Take note."""
        ...


def silent(what: str, done: int, total: int) -> None:
    """Show nothing."""
