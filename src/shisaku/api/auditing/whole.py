"""An audit of stored samples: everything is decoded once, then looked at by all detectors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shisaku.api.auditing.finish import finish
from shisaku.api.auditing.order import Order
from shisaku.api.auditing.sensitivity import seeing_step, write_sensitivity
from shisaku.core.recipe import Recipe

if TYPE_CHECKING:
    from shisaku.auditing.found import Found
    from shisaku.store.ingest import Ingested
    from shisaku.store.run import Run


def audit_whole(order: Order) -> tuple[Run, Found]:
    """Ingest the data, cook the detectors, write the page. Raises DataError, RecipeError, MachineError."""
    from shisaku.api.ending import finished_or_partial
    from shisaku.api.in_reach import with_weights
    from shisaku.api.labels_first import write_labelling_plan
    from shisaku.auditing.plan import Contents
    from shisaku.store.ingest import ingest
    from shisaku.store.places import cache_dir

    ingested = ingest(order.reader, cache_dir(), order.progress, limits=order.limits, workers=order.workers)
    recipe = order.recipe(Contents.of(ingested.dataset, order.against))
    if order.harm:
        recipe = replace(recipe, steps=(*recipe.steps, seeing_step(order.reader, order.against)))
    recipe, absent = with_weights(recipe, order.progress)
    run = order.opened(recipe, ingested.dataset.fingerprint)
    with finished_or_partial(run):
        _cook(run, recipe, ingested, order)
        write_labelling_plan(run, recipe)
        if order.harm:
            write_sensitivity(run, order)
        found = finish(run, order, [*ingested.notes, *absent], ingested.dataset.take)
    return run, found


def _cook(run: Run, recipe: Recipe, ingested: Ingested, order: Order) -> None:
    from shisaku.api.guarded import guarded
    from shisaku.api.machine import environment
    from shisaku.engine.local import LocalEngine
    from shisaku.registry.make import make_op
    from shisaku.store.cache import StepCache
    from shisaku.store.places import cache_dir
    from shisaku.store.roll import TABLE, roll_row

    needed = sorted({name for step in recipe.steps for name in make_op(step.op, step.params).models})
    run.write_json("environment", environment(needed))
    run.write_rows(TABLE, [roll_row(sample) for sample in ingested.dataset])
    with guarded(run, recipe) as desk:
        LocalEngine(order.workers, desk=desk).cook(
            recipe,
            ingested.dataset,
            run,
            cache=StepCache(cache_dir(), fallback=run.path / "work"),
            progress=order.progress,
            earlier_drops=ingested.drops,
        )
