"""The engine of one machine: threads, one step after the other, everything through the cache."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from shisaku.core.dataset import Dataset
from shisaku.core.drop import Drop
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe
from shisaku.engine.census import selections, take_census
from shisaku.engine.kitchen import Kitchen
from shisaku.engine.plan import SHARD
from shisaku.errors import MachineError, StopRequestedError
from shisaku.message import say
from shisaku.models.desk import Desk
from shisaku.registry.check import check_recipe
from shisaku.registry.streams import cooking_order
from shisaku.store.cache import StepCache
from shisaku.store.run import Run


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Cooks with `workers` threads in shards of `shard_size` samples; neither changes what comes out."""

    workers: int = 2
    shard_size: int = SHARD
    desk: Desk = field(default_factory=Desk, compare=False, repr=False)

    def cook(
        self,
        recipe: Recipe,
        dataset: Dataset,
        run: Run,
        *,
        cache: StepCache,
        preview: int | None = None,
        progress: Progress = silent,
        earlier_drops: Sequence[Drop] = (),
    ) -> None:
        """Cook `recipe` over `dataset` into `run`, as `Engine.cook` says."""
        census = take_census(dataset)
        check_recipe(recipe, census.parts)
        chosen = selections(recipe, census, preview)
        if preview is not None:
            whole = selections(recipe, census, None)
            run.write_json("run", {"sizes": {n: {"shown": len(chosen[n]), "whole": len(whole[n])} for n in chosen}})
        kitchen = Kitchen(recipe, run, cache, self.workers, self.shard_size, progress, self.desk)
        doing = recipe.name
        try:
            kitchen.open(dataset, chosen, earlier_drops)
            for work in cooking_order(recipe):
                doing = work.name
                kitchen.cook(work)
        except BaseException as stop:
            _leave_partial(kitchen, run)
            if isinstance(stop, KeyboardInterrupt):
                raise StopRequestedError(
                    say("Stopped while cooking {step}", step=doing),
                    where=str(run.path),
                    next=say("Run again to go on: what is done is kept"),
                ) from None
            raise
        kitchen.costs.write(cache.root)
        kitchen.ledger.write(run)
        run.write_json("run", {"passing": kitchen.passing, "rounds": kitchen.rounds})


def _leave_partial(kitchen: Kitchen, run: Run) -> None:
    """Write down what was done; a full disk must not hide the error that is on its way."""
    with suppress(MachineError):
        kitchen.costs.write(kitchen.cache.root)
        kitchen.ledger.write(run)
        run.finish("partial")
