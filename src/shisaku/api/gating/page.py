"""The page of a record, for those who read before they sign."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shisaku.api.gating.moves import Clock, gate_status, utc


def gate_page(record: str | Path, *, out: str | Path | None = None, clock: Clock = utc) -> dict[str, Any]:
    """Write where a record stands as a page, to `out` or beside the record, and return it with the page's path.

    Raises RecipeError, DataError, MachineError.
    """
    from shisaku.report.stages import write_stages_page

    found = gate_status(record, clock=clock)
    place = Path(found["record"])
    target = Path(out).expanduser() if out is not None else place.with_name(place.name.removesuffix(".json") + ".html")
    return {**found, "page": str(write_stages_page(found, target))}
