"""What cooking will cost, said before it begins: from counts, and from what each op cost here before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from shisaku.core.dataset import Dataset
from shisaku.core.recipe import ROOT, Keep, Recipe, Step
from shisaku.core.transform import Transform
from shisaku.engine.census import selections, take_census
from shisaku.engine.costs import Costs
from shisaku.registry.doors import op_class
from shisaku.registry.streams import CONTROL, cooking_order

LOOKED_AT = 32


@dataclass(frozen=True, slots=True)
class StepCost:
    """One step: samples it will work on (at most), seconds (None: never measured here) and bytes in the cache."""

    step: str
    op: str
    items: int
    seconds: float | None
    bytes: float


def estimate(
    recipe: Recipe,
    dataset: Dataset,
    cache_dir: Path,
    *,
    preview: int | None = None,
) -> dict[str, Any]:
    """Return the most that cooking `recipe` will take on this machine if nothing of it is in the cache.

    Keys: ``minutes`` (None while an op was never measured here), ``known_minutes`` of those that were,
    ``disk_mb``, ``unknown`` (ops never measured here), ``steps``. Counts assume that every op makes one
    sample of each and that keep-rules drop nothing. Raises DataError for an empty selection.
    """
    costs = Costs.read(cache_dir)
    chosen = selections(recipe, take_census(dataset), preview)
    mean_bytes = _mean_bytes(dataset)
    steps = list(_steps(recipe, {name: len(ids) for name, ids in chosen.items()}, costs, mean_bytes))
    known = [step.seconds for step in steps if step.seconds is not None]
    unknown = sorted({step.op for step in steps if step.seconds is None and step.items})
    minutes = sum(known) / 60
    copied = sum(len(ids) for name, ids in chosen.items() if name != ROOT) * mean_bytes
    return {
        "minutes": None if unknown else minutes,
        "known_minutes": minutes,
        "disk_mb": (sum(step.bytes for step in steps) + copied) / 1e6,
        "unknown": unknown,
        "steps": [
            {"step": s.step, "op": s.op, "items": s.items, "seconds": s.seconds, "mb": s.bytes / 1e6} for s in steps
        ],
    }


def _steps(recipe: Recipe, sizes: Mapping[str, int], costs: Costs, mean_bytes: float) -> Iterator[StepCost]:
    flowing = dict(sizes)
    for work in cooking_order(recipe):
        if isinstance(work, Keep):
            flowing[work.name] = flowing[work.name + CONTROL] = flowing[work.source]
            yield StepCost(work.name, "keep", 0, 0.0, 2 * flowing[work.name] * mean_bytes)
            continue
        items = sum(flowing[name] for name in work.source) * work.rounds
        flowing[work.name] = items
        yield _step(work, items, costs, mean_bytes)


def _step(step: Step, items: int, costs: Costs, mean_bytes: float) -> StepCost:
    cost = costs.by_op.get(step.op)
    if cost is not None:
        return StepCost(step.name, step.op, items, cost.seconds * items, cost.bytes * items)
    made = issubclass(op_class(step.op), Transform)
    return StepCost(step.name, step.op, items, None, mean_bytes * items if made else 0.0)


def _mean_bytes(dataset: Dataset) -> float:
    sizes = [sum(len(part.data) for part in sample.parts.values()) for sample in islice(iter(dataset), LOOKED_AT)]
    return sum(sizes) / max(len(sizes), 1)
