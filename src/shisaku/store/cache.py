"""Results of finished shards, found again by content: what makes a resumed run equal to a fresh one."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.store.atomic import READ_ONLY, disk_errors, replace_bytes, write_bytes
from shisaku.store.shard import SUFFIX, DamagedShardError, ShardResult, read_shard, shard_to_bytes

__all__ = ["ShardResult", "StepCache"]

SAFE = re.compile(r"[A-Za-z0-9_=+-][A-Za-z0-9._=+-]{0,99}")


class StepCache:
    """Shard results below ``<root>/steps/<key>/``, written whole or not at all.

    A torn or changed file counts as absent and is removed. Where `root` may not be written (a shared
    read-only cache), results go to `fallback`; both are read.
    """

    def __init__(self, root: Path, fallback: Path | None = None) -> None:
        self.root = Path(root)
        self.fallback = Path(fallback) if fallback is not None else None

    def get(self, key: str, shard: str) -> ShardResult | None:
        """Return the result of `shard` under the step's `key`, or None if it has to be made."""
        for path in self._places(key, shard):
            try:
                return read_shard(path)
            except FileNotFoundError:
                continue
            except DamagedShardError:
                with suppress(OSError):  # on a read-only root it stays there, and stays unread
                    path.unlink()
        return None

    def put(self, key: str, shard: str, result: ShardResult) -> None:
        """Keep a result. Raises MachineError if the disk is full or no root may be written."""
        data = shard_to_bytes(result)
        first, *others = self._places(key, shard)
        try:
            replace_bytes(first, data)
        except OSError as error:
            if error.errno in READ_ONLY and others:
                write_bytes(others[0], data)
                return
            with disk_errors(first):
                raise

    def path(self, key: str, shard: str) -> Path:
        """Return the file that holds a result, for `ShardDataset`. Raises MachineError if there is none."""
        places = self._places(key, shard)
        with disk_errors(places[0]):
            for path in reversed(places):
                if path.exists():
                    return path
            raise FileNotFoundError(f"no result of {shard}")

    def _places(self, key: str, shard: str) -> list[Path]:
        roots = [self.root] if self.fallback is None else [self.root, self.fallback]
        return [root / "steps" / _file_name(key) / f"{_file_name(shard)}{SUFFIX}" for root in roots]


def _file_name(word: str) -> str:
    return word if SAFE.fullmatch(word) else f"x-{fingerprint(word)}"
