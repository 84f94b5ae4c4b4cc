"""Audit data: what is wrong with them, which samples, how sure, and what to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.api.audited import AuditResult, audit_result
from shisaku.core.identity import fingerprint
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe, Source

if TYPE_CHECKING:
    from shisaku.auditing.detector import Level
    from shisaku.auditing.plan import Contents
    from shisaku.core.sample import Sample
    from shisaku.message import Message
    from shisaku.store.ingest import Ingested
    from shisaku.store.limits import Limits
    from shisaku.store.readers.recognition import Layout
    from shisaku.store.run import Run
    from shisaku.store.seen import Seen

EXHIBITS = 4_000_000  # characters of media on the page


@dataclass(frozen=True, slots=True)
class _Order:
    """What one call was asked for."""

    level: Level
    profile: Path | None
    workers: int
    seed: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the data are and how they are read."""

    path: Path
    source: Source
    reader: Any
    out: Path | None
    against: bool


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
    fix: str | Path | None = None,
    save_scores: bool = False,
    seed: int = 0,
    workers: int = 2,
    progress: Progress = silent,
) -> AuditResult:
    """Look for everything that is known to go wrong in the data at `path` (any layout, or a dataset home).

    `level` quick looks at decoded files alone, standard adds features, labels and the first models, deep everything.
    `against` is another dataset that must share nothing with these data. `profile` is a file of detectors that adds
    to or replaces the built-in ones, thresholds included. The run folder `out` (default ``runs/audit-...``) holds
    every score, the recipe with every threshold and ``audit.html``.

    `fix` is a dataset home that gets a version without what the profile says to drop, with proposed labels and all
    scores as columns; where `path` is a home it may be that one: what is there stays as it is. `save_scores` adds the
    scores alone to the home at `path`. Raises DataError, RecipeError, MachineError.
    """
    from shisaku.api.recognising import Wish, limits_of, recognised

    began = time.monotonic()
    wish = Wish(known_as, settings, limits)
    layout = recognised(Path(path).expanduser(), wish)
    source, reader = _source(layout, against)
    order = _Order(level, Path(profile) if profile else None, workers, seed, progress)
    place = _Place(Path(path), source, reader, Path(out) if out else None, bool(against))
    # Another dataset beside it has to be at hand whole; without one a first look stores nothing.
    way = _glanced if level == "quick" and against is None else _audited
    run = way(place, order, limits_of(wish))
    result = audit_result(run, time.monotonic() - began)
    if save_scores:
        from shisaku.api.mending import scored

        result = replace(result, version=scored(result, Path(path)))
    if fix is not None:
        from shisaku.api.mending import mended

        result = replace(result, version=mended(result, layout, Path(fix), order.profile, limits_of(wish), progress))
    return result


def _source(layout: Layout, against: str | Path | None) -> tuple[Source, Any]:
    from shisaku.registry.doors import READERS
    from shisaku.registry.make import make_behind

    params = {name: value for name, value in asdict(layout.reader).items() if value != ""}
    if against is None:
        return Source(layout.door, params), layout.reader
    beside = {"own": layout.door, "params": params, "against": str(Path(against).expanduser().resolve())}
    return Source("beside", beside), make_behind(READERS, "beside", beside)


def _audited(place: _Place, order: _Order, limits: Limits) -> Run:
    from shisaku.api.cooking import finished_or_partial
    from shisaku.auditing.plan import Contents
    from shisaku.store.ingest import ingest
    from shisaku.store.places import cache_dir

    ingested = ingest(place.reader, cache_dir(), order.progress, limits=limits, workers=order.workers)
    recipe = _recipe(place, Contents.of(ingested.dataset, place.against), order)
    run = _opened(place, recipe, ingested.dataset.fingerprint)
    with finished_or_partial(run):
        _cook(run, recipe, ingested, order)
        _finish(run, place, order, ingested.notes, ingested.dataset.take)
    return run


def _glanced(place: _Place, order: _Order, limits: Limits) -> Run:
    from shisaku.api.cooking import finished_or_partial
    from shisaku.auditing.plan import Contents
    from shisaku.engine.first_look import write_first_look
    from shisaku.engine.glance import glance
    from shisaku.store.cache import StepCache
    from shisaku.store.ingest import NothingUsableError
    from shisaku.store.places import cache_dir
    from shisaku.store.readers.reader import TellsNotes
    from shisaku.store.seen import Seen

    seen = Seen.of(place.reader)
    if not seen.n:
        raise NothingUsableError
    recipe = _recipe(place, Contents.of(place.reader.records()), order)
    key = fingerprint(place.reader.fingerprint(), seen.digest)
    run = _opened(place, recipe, key)
    with finished_or_partial(run):
        records = seen.named(place.reader.records())
        cache = StepCache(cache_dir(), fallback=run.path / "work")
        looked = glance(
            records, seen.n, recipe.steps, key, cache, limits=limits, workers=order.workers, progress=order.progress
        )
        if not looked.roll:
            raise NothingUsableError(looked.drops)
        write_first_look(run, recipe, looked)
        notes = place.reader.notes() if isinstance(place.reader, TellsNotes) else ()
        _finish(run, place, order, [*notes, *seen.notes()], _Again(place.reader, seen, limits).take)
    return run


def _recipe(place: _Place, contents: Contents, order: _Order) -> Recipe:
    from shisaku.auditing.detector import detectors, up_to
    from shisaku.auditing.plan import audit_recipe

    name = f"audit-{order.level}-{place.path.resolve().stem}"
    return audit_recipe(name, place.source, up_to(order.level, detectors(order.profile)), contents, order.seed)


def _opened(place: _Place, recipe: Recipe, data: str) -> Run:
    from shisaku.registry.dump import dump_recipe, recipe_fingerprint
    from shisaku.store.run import Run

    mark = fingerprint(recipe_fingerprint(recipe), data)
    folder = place.out or Path("runs") / f"{recipe.name}-{mark[:8]}"
    return Run.create(folder, recipe_text=dump_recipe(recipe), recipe_fingerprint=mark)


@dataclass(frozen=True, slots=True)
class _Again:
    """Samples that a glance has measured and thrown away, decoded once more because somebody wants to see them."""

    reader: Any
    seen: Seen
    limits: Limits

    def take(self, ids: Sequence[str]) -> list[Sample]:
        """Return these samples in the order asked."""
        from shisaku.store.assembly import decode_records
        from shisaku.store.sandbox import Sandbox

        wanted = set(ids)
        records = [record for record in self.seen.named(self.reader.records()) if record.id in wanted]
        with Sandbox(self.limits) as box:
            made = {sample.id: sample for sample in decode_records(records, box).samples}
        return [made[id_] for id_ in ids if id_ in made]


def _finish(
    run: Run,
    place: _Place,
    order: _Order,
    notes: Iterable[Message],
    take: Callable[[Sequence[str]], Sequence[Sample]],
) -> None:
    from shisaku.api.machine import environment
    from shisaku.auditing.found import found_in
    from shisaku.auditing.shown import ids_to_show
    from shisaku.report.audit.page import write_audit_page
    from shisaku.store.exhibits import put_aside

    told = [note.to_json() for note in notes]
    run.write_json("run", {"name": place.path.resolve().stem, "level": order.level, "notes": told})
    if not (run.path / "environment.json").is_file():
        run.write_json("environment", environment([]))
    found = found_in(run)
    known = {row["sample"] for row in found.rows}
    run.write_json("samples", put_aside(take([id_ for id_ in ids_to_show(found) if id_ in known]), EXHIBITS))
    write_audit_page(run)


def _cook(run: Run, recipe: Recipe, ingested: Ingested, order: _Order) -> None:
    from shisaku.api.machine import environment
    from shisaku.engine.local import LocalEngine
    from shisaku.models.pull import pull
    from shisaku.registry.make import make_op
    from shisaku.store.cache import StepCache
    from shisaku.store.places import cache_dir
    from shisaku.store.roll import TABLE, roll_row

    needed = sorted({name for step in recipe.steps for name in make_op(step.op, step.params).models})
    pull(needed, order.progress)
    run.write_json("environment", environment(needed))
    run.write_rows(TABLE, [roll_row(sample) for sample in ingested.dataset])
    LocalEngine(order.workers).cook(
        recipe,
        ingested.dataset,
        run,
        cache=StepCache(cache_dir(), fallback=run.path / "work"),
        progress=order.progress,
        earlier_drops=ingested.drops,
    )
