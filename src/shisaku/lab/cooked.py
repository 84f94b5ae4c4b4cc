"""What a study reads of a finished run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from shisaku.core.dataset import Dataset


class CookedRun(Protocol):
    """What is read of a finished run (a `store.Run` is one)."""

    def stream(self, name: str) -> Dataset:
        """Return the samples of a stream."""
        ...

    def streams(self) -> Mapping[str, Any]:
        """Return the streams there are, by name."""
        ...

    def read_rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table, none if it is absent."""
        ...
