"""What cooking will cost, said before it begins: from counts, what is in the cache, and what ops cost here before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from shisaku.core.dataset import Dataset
from shisaku.core.op import Op
from shisaku.core.recipe import ROOT, Keep, Recipe, Step
from shisaku.core.transform import Transform
from shisaku.engine.census import selections, take_census
from shisaku.engine.costs import Costs
from shisaku.engine.draw import drawn
from shisaku.engine.plan import SHARD, Flow, Shard, shards_of, step_key
from shisaku.engine.weights import models_of
from shisaku.errors import MachineError, WeightsError
from shisaku.models.desk import Desk
from shisaku.registry.make import make_op
from shisaku.registry.streams import CONTROL, cooking_order
from shisaku.store.cache import StepCache
from shisaku.store.datasets import ShardDataset
from shisaku.store.shard import read_index

LOOKED_AT = 32


@dataclass(frozen=True, slots=True)
class StepCost:
    """One step: its samples, how many are yet to be cooked, seconds (None: never measured here) and bytes for those."""

    step: str
    op: str
    items: int
    left: int
    seconds: float | None
    bytes: float


def estimate(recipe: Recipe, dataset: Dataset, cache_dir: Path, *, preview: int | None = None) -> dict[str, Any]:
    """Return the most that cooking `recipe` will still take on this machine.

    Keys: ``minutes`` (None while an op with work left was never measured here), ``known_minutes`` of those
    that were, ``disk_mb``, ``unknown`` (ops never measured here), ``steps``. What was not cooked yet counts as
    if every op made one sample of each and keep-rules dropped nothing. Raises DataError for an empty
    selection or a `sample` by nothing that there is, and RecipeError for a wrong op.
    """
    chosen = selections(recipe, take_census(dataset), preview)
    mean_bytes = _mean_bytes(dataset)
    steps = list(_Forecast(recipe, dataset, chosen, StepCache(cache_dir), mean_bytes).steps(Costs.read(cache_dir)))
    known = [step.seconds for step in steps if step.seconds is not None]
    unknown = sorted({step.op for step in steps if step.seconds is None})
    minutes = sum(known) / 60
    copied = sum(len(ids) for name, ids in chosen.items() if name != ROOT) * mean_bytes
    return {
        "minutes": None if unknown else minutes,
        "known_minutes": minutes,
        "disk_mb": (sum(step.bytes for step in steps) + copied) / 1e6,
        "unknown": unknown,
        "steps": [
            {"step": s.step, "op": s.op, "items": s.items, "left": s.left, "seconds": s.seconds, "mb": s.bytes / 1e6}
            for s in steps
        ],
    }


class _Forecast:
    """Walks through a recipe as the kitchen will, and looks which shards are there already."""

    def __init__(
        self,
        recipe: Recipe,
        dataset: Dataset,
        chosen: Mapping[str, tuple[str, ...]],
        cache: StepCache,
        mean_bytes: float,
    ) -> None:
        self.recipe, self.dataset, self.cache, self.mean_bytes = recipe, dataset, cache, mean_bytes
        self.flows = {name: Flow(name, dataset.fingerprint, dataset, ids) for name, ids in chosen.items()}
        self.there = set(chosen)

    def steps(self, costs: Costs) -> Iterator[StepCost]:
        for work in cooking_order(self.recipe):
            if isinstance(work, Keep):
                source = self.flows[work.source]
                self.flows |= {name: replace(source, name=name) for name in (work.name, work.name + CONTROL)}
                if work.source in self.there:
                    self.there |= {work.name, work.name + CONTROL}
                yield StepCost(work.name, "keep", 0, 0, 0.0, 2 * len(source.ids) * self.mean_bytes)
            else:
                yield self._step(work, costs)

    def _step(self, step: Step, costs: Costs) -> StepCost:
        op = make_op(step.op, step.params, step.line)
        sources = self._asked(step)
        try:
            shards = self._shards(step, op, sources, models_of(op, Desk(self.recipe.models)))
            there = [self._made(shard) for shard in shards]
        except WeightsError:
            shards = self._shards(step, op, sources, {})
            there = [None] * len(shards)
        left = sum(len(shard.ids) for shard, made in zip(shards, there, strict=True) if made is None)
        if isinstance(op, Transform):
            ids = sorted(_ids(step, op, shards, there))
            self.flows[step.name] = Flow(step.name, step_key(shards, sources), self._dataset(shards, there), tuple(ids))
            if None not in there:
                self.there.add(step.name)
        cost = costs.by_op.get(op.name)
        items = sum(len(shard.ids) for shard in shards)
        if cost is not None or not left:
            seconds, size = (cost.seconds, cost.bytes) if cost else (0.0, 0.0)
            return StepCost(step.name, op.name, items, left, seconds * left, size * left)
        size = self.mean_bytes if isinstance(op, Transform) else 0.0
        return StepCost(step.name, op.name, items, left, None, size * left)

    def _shards(self, step: Step, op: Op, sources: Sequence[Flow], weights: Mapping[str, str]) -> list[Shard]:
        beside = [self.flows[name] if name else None for name in (step.pool, step.reference)]
        seed, policy = self.recipe.seed, self.recipe.policy.name
        return shards_of(step, op, seed, sources, *beside, weights=weights, policy=policy, size=SHARD)

    def _asked(self, step: Step) -> list[Flow]:
        """Return the sources with what `step` is asked of; of samples not made yet as many, whatever their strata."""
        sources = [self.flows[name] for name in step.source]
        if self.there.issuperset(step.source):
            with suppress(MachineError):
                return drawn(step, self.recipe.seed, sources)
        simple = step.sample and replace(step.sample, by=())
        return drawn(replace(step, sample=simple), self.recipe.seed, sources)

    def _dataset(self, shards: Sequence[Shard], there: Sequence[list[str] | None]) -> Dataset:
        """Return what a step made, if all of it is there; else something in its place, of which nothing is read."""
        if None in there:
            return self.dataset
        made = (shard for shard, ids in zip(shards, there, strict=True) if ids)
        return ShardDataset(self.cache.path(shard.key, shard.name) for shard in made)

    def _made(self, shard: Shard) -> list[str] | None:
        """Return the ids that a cached shard holds, None if it is not there or damaged."""
        try:
            return [id_ for id_, _ in read_index(self.cache.path(shard.key, shard.name))]
        except MachineError:
            return None


def _ids(step: Step, op: Transform, shards: Sequence[Shard], there: Sequence[list[str] | None]) -> Iterator[str]:
    """Yield the ids that shards hold, or that they will hold if every sample makes one."""
    for shard, made in zip(shards, there, strict=True):
        if made is not None:
            yield from made
        else:
            yield from (id_ if op.makes == "views" else f"{id_}/{step.name}.{shard.round}" for id_ in shard.ids)


def _mean_bytes(dataset: Dataset) -> float:
    sizes = [sum(len(part.data) for part in sample.parts.values()) for sample in islice(iter(dataset), LOOKED_AT)]
    return sum(sizes) / max(len(sizes), 1)
