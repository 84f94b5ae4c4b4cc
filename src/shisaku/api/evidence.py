"""Evidence of what was made: judges cooked beside a run whose work is taken from the cache, and their bundles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shisaku.core.identity import fingerprint
from shisaku.core.progress import Progress
from shisaku.errors import MachineError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.core.recipe import Recipe
    from shisaku.judging.batch import Batch
    from shisaku.judging.plan import Bench
    from shisaku.models.desk import Desk
    from shisaku.store.run import Run

JUDGED = "judged-"  # runs of judges, in ``work`` of the run they judge


def cook_evidence(
    run: Run, bench: Bench, workers: int, progress: Progress, desk: Desk | None = None
) -> tuple[Run, list[Message]]:
    """Cook the judges of `bench` into a run of their own inside `run`; what `run` cooked comes from the cache.

    `desk` is that of a run which still goes on; else the judges get one of their own. A judge whose weights cannot be
    had, or that fails, leaves the bench. Returns the run of the judges, and a sentence about each that left.
    """
    from shisaku.api.in_reach import with_weights
    from shisaku.registry.load import load_recipe

    before = {step.name for step in load_recipe(run.path / "recipe.yaml").steps}
    added = {step.name for step in bench.recipe.steps} - before
    bench.recipe, told = with_weights(bench.recipe, progress, added)
    while True:
        try:
            return _cooked(run, bench.recipe, workers, progress, desk), told
        except MachineError as error:
            if error.where not in added or not any(step.name == error.where for step in bench.recipe.steps):
                raise
            told.append(say("{step} failed: {cause}", step=error.where, cause=error.what))
            steps = tuple(step for step in bench.recipe.steps if step.name != error.where)
            bench.recipe = replace(bench.recipe, steps=steps)


def _cooked(run: Run, recipe: Recipe, workers: int, progress: Progress, desk: Desk | None) -> Run:
    from shisaku.api.ending import finished_or_partial
    from shisaku.api.guarded import guarded
    from shisaku.engine.local import LocalEngine
    from shisaku.registry.doors import READERS
    from shisaku.registry.dump import dump_recipe, recipe_fingerprint
    from shisaku.registry.make import make_behind
    from shisaku.store.cache import StepCache
    from shisaku.store.ingest import ingest
    from shisaku.store.places import cache_dir
    from shisaku.store.run import Run

    about = run.read_json("run")
    mark = fingerprint(recipe_fingerprint(recipe), about.get("preview") or 0)
    place = run.path / "work" / f"{JUDGED}{mark[:12]}"
    own = Run.create(place, recipe_text=dump_recipe(recipe), recipe_fingerprint=mark)
    with finished_or_partial(own):
        reader = make_behind(READERS, recipe.data.reader, recipe.data.params)
        ingested = ingest(reader, cache_dir(), progress)
        with nullcontext(desk) if desk else guarded(own, recipe) as at:
            LocalEngine(workers, desk=at).cook(
                recipe,
                ingested.dataset,
                own,
                cache=StepCache(cache_dir(), fallback=run.path / "work"),
                preview=about.get("preview"),
                progress=progress,
                earlier_drops=ingested.drops,
            )
    return own


def write_bundles(
    run: Run, cooked: Run, batches: Sequence[Batch], bench: Bench, told: Sequence[Message]
) -> dict[str, Any]:
    """Write the bundle of every batch into `run`, and return what ``measure --json`` prints."""
    from shisaku.api.quarantine import gated, judged
    from shisaku.judging.bundle import FILE, FOLDER, Tables, bundle_of, sealed
    from shisaku.store.atomic import write_bytes
    from shisaku.store.plain import plain
    from shisaku.store.reviewed import said_of

    tables = Tables.of(cooked.read_rows("scores"), cooked.read_json("findings"))
    drops = cooked.read_rows("drops")
    there = {step.name for step in bench.recipe.steps}
    marks = said_of(run)
    printed: dict[str, Any] = {}
    for batch in batches:
        judges = [judge for judge in bench.judges[batch.name] if judge.step in there]
        ids = run.stream(batch.name).ids()
        bundle = bundle_of(
            batch,
            judges,
            bench.recipe,
            tables,
            ids,
            run=run.recipe_fingerprint,
            drops=_drops(batch, bench, [judge.step for judge in judges if judge.step in tables.scores], drops),
            told=[*told, *bench.told[batch.name]],
            marks=marks,
            groups={one.id: one.group or one.id for one in run.stream(batch.name)} if marks else {},
        )
        held = sealed(gated(plain(bundle), bench.recipe.gate))
        place = run.path / FOLDER / batch.name / FILE
        write_bytes(place, (json.dumps(held, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode())
        scores = {judge.name: tables.among(judge.step, sorted(ids)) for judge in judges if judge.name in held["items"]}
        items = {
            name: {**one, "scores": {id_: float(row["value"]) for id_, row in scores[name].items()}}
            for name, one in held["items"].items()
        }
        printed[batch.name] = {**held, "items": items, "bundle": str(place)}
    run.write_json("run", {"batches": judged(run.read_json("run").get("batches", {}), printed)})
    return {"run": str(run.path), "batches": printed}


def _drops(batch: Batch, bench: Bench, judges: Sequence[str], rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Count who left, by reason: when the batch was made, by its keep-rules, and who a judge could not measure."""
    from shisaku.api.drop_reasons import by_reason
    from shisaku.api.quarantine import batches
    from shisaku.store.arrow import drop_from_row

    keeps = batches(bench.recipe).get(batch.name, {}).get("kept_by", [])
    found = []
    for by, steps in (("making", [batch.name]), ("keep", keeps), ("judge", sorted(judges))):
        for step in steps:
            drops = [drop_from_row(row) for row in rows if row["step"] == step]
            found += [
                {"by": by, "step": step, "reason": one.reason, "n": one.n, "sample": one.sample}
                for one in by_reason((drop.sample, drop.reason) for drop in drops)
            ]
    return found
