"""What is read of a run once it has ended, whichever way."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from shisaku.lab.required import MeasuredRun


class EndedRun(MeasuredRun, Protocol):
    """A run that came to its end or was stopped before (a `store.Run` is one)."""

    path: Path

    @property
    def state(self) -> str:
        """Return ``done`` for a run that came to its end, else ``partial``."""
        ...
