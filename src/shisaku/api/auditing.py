"""Audit data: what is wrong with them, which samples, how sure, and what to do."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.api.audited import AuditResult, audit_result
from shisaku.core.identity import fingerprint
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe, Source

if TYPE_CHECKING:
    from shisaku.auditing.detector import Level
    from shisaku.store.ingest import Ingested
    from shisaku.store.readers.recognition import Layout
    from shisaku.store.run import Run


@dataclass(frozen=True, slots=True)
class _Order:
    """What one call was asked for."""

    level: Level
    profile: Path | None
    workers: int
    seed: int
    progress: Progress


def audit(
    path: str | Path,
    *,
    level: Level = "standard",
    against: str | Path | None = None,
    profile: str | Path | None = None,
    out: str | Path | None = None,
    known_as: str = "",
    settings: Mapping[str, str] | None = None,
    limits: Mapping[str, str] | None = None,
    seed: int = 0,
    workers: int = 2,
    progress: Progress = silent,
) -> AuditResult:
    """Look for everything that is known to go wrong in the data at `path` (any layout, or a dataset home).

    `level` quick looks at decoded files alone, standard adds features, labels and the first models, deep everything.
    `against` is another dataset that must share nothing with these data. `profile` is a file of detectors that adds
    to or replaces the built-in ones, thresholds included. The run folder `out` (default ``runs/audit-...``) holds
    every score, the recipe with every threshold and ``audit.html``. Raises DataError, RecipeError, MachineError.
    """
    from shisaku.api.recognising import Wish, limits_of, recognised

    began = time.monotonic()
    wish = Wish(known_as, settings, limits)
    layout = recognised(Path(path).expanduser(), wish)
    source, reader = _source(layout, against)
    order = _Order(level, Path(profile) if profile else None, workers, seed, progress)
    run = _audited(Path(path), source, reader, order, limits_of(wish), Path(out) if out else None, bool(against))
    return audit_result(run, time.monotonic() - began)


def _source(layout: Layout, against: str | Path | None) -> tuple[Source, Any]:
    from shisaku.registry.doors import READERS
    from shisaku.registry.make import make_behind

    params = {name: value for name, value in asdict(layout.reader).items() if value != ""}
    if against is None:
        return Source(layout.door, params), layout.reader
    beside = {"own": layout.door, "params": params, "against": str(Path(against).expanduser().resolve())}
    return Source("beside", beside), make_behind(READERS, "beside", beside)


def _audited(
    path: Path, source: Source, reader: Any, order: _Order, limits: Any, out: Path | None, against: bool
) -> Run:
    from shisaku.api.cooking import finished_or_partial
    from shisaku.registry.dump import dump_recipe, recipe_fingerprint
    from shisaku.store.ingest import ingest
    from shisaku.store.places import cache_dir
    from shisaku.store.run import Run

    ingested = ingest(reader, cache_dir(), order.progress, limits=limits, workers=order.workers)
    recipe = _recipe(path, source, ingested, order, against)
    mark = fingerprint(recipe_fingerprint(recipe), ingested.dataset.fingerprint)
    run = Run.create(
        out or Path("runs") / f"{recipe.name}-{mark[:8]}", recipe_text=dump_recipe(recipe), recipe_fingerprint=mark
    )
    with finished_or_partial(run):
        _cook(run, recipe, ingested, order)
        _write_page(run)
    return run


def _recipe(path: Path, source: Source, ingested: Ingested, order: _Order, against: bool) -> Recipe:
    from shisaku.auditing.detector import detectors, up_to
    from shisaku.auditing.plan import Contents, audit_recipe

    contents = Contents.of(ingested.dataset, against)
    name = f"audit-{order.level}-{path.resolve().stem}"
    return audit_recipe(name, source, up_to(order.level, detectors(order.profile)), contents, order.seed)


def _cook(run: Run, recipe: Recipe, ingested: Ingested, order: _Order) -> None:
    from shisaku.api.machine import environment
    from shisaku.auditing.roll import TABLE, roll_rows
    from shisaku.engine.local import LocalEngine
    from shisaku.models.pull import pull
    from shisaku.registry.make import make_op
    from shisaku.store.cache import StepCache
    from shisaku.store.places import cache_dir

    needed = sorted({name for step in recipe.steps for name in make_op(step.op, step.params).models})
    pull(needed, order.progress)
    run.write_json("environment", environment(needed))
    run.write_rows(TABLE, list(roll_rows(ingested.dataset)))
    LocalEngine(order.workers).cook(
        recipe,
        ingested.dataset,
        run,
        cache=StepCache(cache_dir(), fallback=run.path / "work"),
        progress=order.progress,
        earlier_drops=ingested.drops,
    )
    run.write_json("run", {"name": recipe.name, "level": order.level, "notes": [n.to_json() for n in ingested.notes]})


def _write_page(run: Run) -> None:
    """Write ``audit.html`` from what the run holds."""
