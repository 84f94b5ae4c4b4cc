"""Model weights from a user's side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shisaku.core.progress import Progress, silent


def models_status() -> list[dict[str, Any]]:
    """Return one row per model: name, role, present, megabytes, licence and its evidence."""
    from shisaku.models.pull import status

    return [dict(row) for row in status()]


def models_pull(names: Sequence[str] | None = None, progress: Progress = silent) -> list[dict[str, Any]]:
    """Fetch weights (default: the lean set) into the cache. Raises WeightsError or MachineError."""
    from shisaku.models.pull import lean_set, pull

    wanted = list(names) if names else lean_set()
    pull(wanted, progress)
    return [row for row in models_status() if row["name"] in wanted]


def models_check(progress: Progress = silent) -> list[dict[str, Any]]:
    """Give each model a known input; one row per model with ok and what was seen."""
    from shisaku.models.check import check_all

    return [{"name": row.name, "ok": row.ok, "what": str(row.what)} for row in check_all(progress)]
