"""What a forgetting is about and how far it is, so that one that was stopped goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shisaku.store.atomic import disk_errors, write_bytes
from shisaku.store.forget.targets import Targets
from shisaku.store.home import Home
from shisaku.store.home.writing import JOURNAL
from shisaku.store.manifest import damaged

LEFT = "forget-left.json"  # the journal of one that ended and left something behind

FILES = (JOURNAL, LEFT)


@dataclass
class Journal:
    """`targets`, the `runs` (folders) to go through, the versions still to `rebuild`, and a random `salt` for names."""

    path: Path
    targets: Targets
    runs: list[str] = field(default_factory=list)
    rebuild: list[int] = field(default_factory=list)
    salt: str = ""

    @classmethod
    def found(cls, home: Home) -> Journal | None:
        """Return the journal of a forgetting that is not over. Raises DataError if it is damaged."""
        for name in FILES:
            path = home.path / name
            if path.is_file():
                return cls._read(path, home)
        return None

    @classmethod
    def _read(cls, path: Path, home: Home) -> Journal:
        try:
            held: dict[str, Any] = json.loads(path.read_bytes())
            targets = Targets.from_json(held["targets"])
            return cls(home.path / JOURNAL, targets, held["runs"], held["rebuild"], held["salt"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise damaged(path, str(error)[:120]) from error

    def write(self) -> None:
        """Write it down. Raises MachineError."""
        held = {"targets": self.targets.to_json(), "runs": self.runs, "rebuild": self.rebuild, "salt": self.salt}
        write_bytes(self.path, json.dumps(held, ensure_ascii=False).encode())

    def end(self, left: Sequence[str]) -> None:
        """Remove it; where something was left behind it stays under a name that keeps nobody from writing."""
        other = self.path.with_name(LEFT)
        with disk_errors(self.path):
            if left:
                self.path.replace(other)
            else:
                self.path.unlink(missing_ok=True)
                other.unlink(missing_ok=True)
