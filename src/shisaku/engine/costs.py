"""What an op cost per sample on this machine, remembered between runs to estimate the next."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from shisaku.errors import MachineError
from shisaku.store.atomic import write_bytes

FILE = "unit_costs.json"
ENOUGH = 8


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the wall and bytes in the cache per sample, measured on `items` samples."""

    seconds: float
    bytes: float
    items: int


@dataclass
class Costs:
    """Cost by op name."""

    by_op: dict[str, Cost] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Costs:
        """Read what earlier runs left; nothing if there is nothing, or nothing readable."""
        try:
            raw = json.loads((folder / FILE).read_bytes())
            return cls({op: Cost(float(c["seconds"]), float(c["bytes"]), int(c["items"])) for op, c in raw.items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def note(self, op: str, items: int, seconds: float, size: int) -> None:
        """Add what cooking `items` samples took: seconds on the wall, and bytes."""
        if not items:
            return
        before = self.by_op.get(op, Cost(0.0, 0.0, 0))
        total = before.items + items
        mean_seconds = (before.seconds * before.items + seconds) / total
        self.by_op[op] = Cost(mean_seconds, (before.bytes * before.items + size) / total, total)

    def write(self, folder: Path) -> None:
        """Leave these costs for the next run; an op measured on few samples keeps what was known of it.

        That it cannot be written (a cache shared read-only) is no reason to fail.
        """
        known = Costs.read(folder).by_op
        known |= {op: cost for op, cost in self.by_op.items() if cost.items >= ENOUGH or op not in known}
        plain = {op: {"seconds": c.seconds, "bytes": c.bytes, "items": c.items} for op, c in sorted(known.items())}
        with suppress(MachineError):
            write_bytes(folder / FILE, json.dumps(plain, indent=2).encode())
