"""Where samples come from and what was made of them, for a person and for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shisaku.store.lineage import Known


def data_lineage(path: str | Path, id: str) -> dict[str, Any]:
    """Return the ancestors and descendants of a sample in a dataset or a run.

    ``parents`` and ``children`` map ids to ids, from `id` on upwards and downwards; ``samples`` says of each its
    depth, parts, digital source types and how it was made. Raises DataError for an unknown id.
    """
    from shisaku.store.lineage import kin, records

    found = records(path)
    up, down = kin(found, id)
    return {
        "id": id,
        "parents": {one: list(parents) for one, parents in up.items()},
        "children": {one: list(children) for one, children in down.items()},
        "samples": {one: _plain(found.get(one)) for one in {**up, **down}},
    }


def data_prov(path: str | Path, out: str | Path) -> dict[str, Any]:
    """Write the lineage of a dataset or a run as W3C PROV (JSON-LD); returns the counts of what is in it.

    Raises DataError where there is no dataset, MachineError for the disk.
    """
    from shisaku.store.atomic import write_bytes
    from shisaku.store.lineage import records
    from shisaku.store.prov import prov_lines

    found = records(path)
    write_bytes(Path(out), "\n".join([*prov_lines(found), ""]).encode())
    derived = sum(len(one.parents) for one in found.values())
    made = sum(one.depth > 0 for one in found.values())
    return {"out": str(out), "samples": len(found), "made": made, "derivations": derived}


def _plain(one: Known | None) -> Mapping[str, Any] | None:
    """Return what is told of a record; None for one that is not here."""
    if one is None:
        return None
    about = {"depth": one.depth, "parts": dict(one.parts), "digital_source_type": dict(one.types)}
    return {**about, "made_by": dict(one.made_by), "added": {name: dict(trace) for name, trace in one.added.items()}}
