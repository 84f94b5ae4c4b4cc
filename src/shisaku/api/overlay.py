"""A step cache of one's own laid over another, which is read and never written."""

from __future__ import annotations

from pathlib import Path

from shisaku.errors import MachineError
from shisaku.store.cache import ShardResult, StepCache


class OverlayCache(StepCache):
    """Keeps results below `root`, and finds those below `under` too; where both have one, its own counts."""

    def __init__(self, root: Path, under: Path) -> None:
        super().__init__(root)
        self._under = StepCache(under)

    def get(self, key: str, shard: str) -> ShardResult | None:
        """Return the result of `shard` under the step's `key`, or None if it has to be made."""
        found = super().get(key, shard)
        return self._under.get(key, shard) if found is None else found

    def path(self, key: str, shard: str) -> Path:
        """Return the file that holds a result. Raises MachineError if there is none."""
        try:
            return super().path(key, shard)
        except MachineError:
            return self._under.path(key, shard)
