"""What judges said of what a run made: the state of every batch, and the figures of its bundle of evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shisaku.core.recipe import Recipe
    from shisaku.store.run import Run

CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Judged:
    """The state of each batch, findings of judges of sets, and counts of judges of items, both with their batch."""

    states: dict[str, str] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)


def judged_facts(recipe: Recipe, run: Run) -> Judged:
    """Read every bundle of a run; one that is not what its own hash says is ``changed`` and says nothing."""
    from shisaku.api.quarantine import batches, bundle_path
    from shisaku.judging.bundle import HASH, sealed

    found = Judged({name: str(one["state"]) for name, one in batches(recipe).items()})
    for name in found.states:
        place = bundle_path(run, name)
        if not place.is_file():
            continue
        bundle = json.loads(place.read_bytes())
        if sealed(bundle)[HASH] != bundle.get(HASH):
            found.states[name] = CHANGED
            continue
        found.states[name] = str(bundle["state"])
        found.findings.extend(_told(row, name) for row in bundle["sets"] if bounded(row))
        found.issues.extend(
            {"step": one["step"], "judge": judge, "batch": name, "hits": one["issues"], "n": one["n"]}
            for judge, one in bundle["items"].items()
            if one["issues"] is not None and one["n"]
        )
    return found


def bounded(row: Mapping[str, Any]) -> bool:
    """Return whether a row has a figure and both ends of its interval."""
    return all(row.get(key) is not None for key in ("value", "low", "high"))


def _told(row: Mapping[str, Any], batch: str) -> dict[str, Any]:
    return {**{key: row[key] for key in ("step", "judge", "name", "value", "low", "high", "n")}, "batch": batch}
