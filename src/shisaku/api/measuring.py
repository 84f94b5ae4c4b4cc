"""Measure a folder, item by item."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.api.defaults import Usual, main_kind, usual
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe, Source, Step

if TYPE_CHECKING:
    from shisaku.store.run import Run

COPIES, QUALITY = "copies", "quality"


def measure(
    source: str | Path,
    *,
    against: str | Path | None = None,
    out: str | Path | None = None,
    preview: int | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Measure every item of a folder or table: quality, and nearness to the real data `against`.

    Without `against`, near copies are looked for inside the folder. Returns one summary per metric; the run
    (default ``runs/measure-...``) holds every score. Data without a stated licence count as yours, and a note says so.
    Raises DataError, MachineError.
    """
    from shisaku.api.cooking import cook
    from shisaku.api.rights import Declared
    from shisaku.store.describe import describe
    from shisaku.store.run import Run

    seen = describe(source)
    kind = main_kind(seen.modalities)
    recipe = _recipe(Path(source), Path(against) if against else None, usual(kind, seen.lang))
    result = cook(
        recipe,
        base=Path.cwd(),
        out=Path(out) if out is not None else None,
        preview=preview,
        workers=2,
        progress=progress,
        on_estimate=None,
        declared=Declared(own_if_unsaid=True),
    )
    return {
        "run": str(result.path),
        "metrics": _summaries(Run.open(result.path)),
        "counts": dict(result.counts),
        "notes": [dict(note) for note in result.notes],
    }


def _recipe(source: Path, against: Path | None, ops: Usual) -> Recipe:
    part: dict[str, Any] = {ops.kind: ops.kind}
    mine, reference = ("made", "real") if against else ("all", "all")
    steps = [
        Step("features", ops.embed, (mine,), {**part, **ops.embed_params}),
        Step("reference", ops.embed, (reference,), {**part, **ops.embed_params}),
        Step(COPIES, "dataset.near_copy", ("features",), {}, reference="reference"),
    ]
    if ops.measure:
        steps.append(Step(QUALITY, ops.measure, (mine,), part))
    params = {"synthetic": str(source.resolve()), "real": str(against.resolve()) if against else ""}
    select = {"made": {"role": "synthetic"}, "real": {"role": "real"}} if against else {"all": {"role": "synthetic"}}
    return Recipe(f"measure-{source.stem}", Source("pair", params), select=select, steps=tuple(steps))


def _summaries(run: Run) -> list[dict[str, Any]]:
    import numpy as np

    found: dict[str, list[dict[str, Any]]] = {}
    for row in run.read_rows("scores"):
        found.setdefault(row["metric"], []).append(row)
    summaries = []
    for metric, rows in sorted(found.items()):
        lowest = min(rows, key=lambda row: (row["value"], row["sample"]))
        summaries.append(
            {
                "metric": metric,
                "n": len(rows),
                "median": float(np.median([row["value"] for row in rows])),
                "lowest": lowest["value"],
                "lowest_item": lowest["sample"],
                "issues": sum(bool(row["issue"]) for row in rows),
            }
        )
    return summaries
