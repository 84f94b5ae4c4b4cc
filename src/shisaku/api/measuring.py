"""Measure what was made: the batches of a run, or a folder of yours beside real data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe, Source
from shisaku.errors import RecipeError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.auditing.detector import Level
    from shisaku.judging.batch import Batch
    from shisaku.judging.plan import Bench
    from shisaku.store.run import Run

MADE, REAL = "made", "real"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one call of `measure` was asked for."""

    level: Level
    profile: Path | None
    marks: Path | None
    workers: int
    progress: Progress


def measure(
    source: str | Path,
    *,
    against: str | Path | None = None,
    out: str | Path | None = None,
    preview: int | None = None,
    level: Level = "standard",
    profile: str | Path | None = None,
    marks: str | Path | None = None,
    workers: int = 2,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Judge every batch of the run at `source`, or the made data there, beside the real data `against`.

    Of a run, every step that makes samples is a batch; the real samples that it descends from are what it is compared
    with, and nothing that the run cooked is cooked again. The evidence lies in ``evidence/<batch>/bundle.json`` of the
    run: scores of items by judge, scores of the set with n, extractor and interval, drops by reason, the judges'
    limits, samples to look at, all under one SHA-256; ``evidence/report.html`` shows it. Data of yours (any layout)
    become a run at `out` (default ``runs/measure-...``) with the one batch ``made``; without a stated licence they
    count as yours. `profile` is a file of judges that adds to or replaces the built-in ones.

    `marks` is a table of what reviewers said of made samples (columns sample, ok, by); the run keeps it. From 30 marks
    on, 5 of either kind, every judge's threshold is learnt from them, else from the real samples; nothing is measured
    anew for that.

    Of a run with chains ``evidence/drift.json`` says what each hop loses in meaning, label and quality, and which to
    mend first; `against` an earlier run of the same chain (measured before), how much more it loses now.
    Raises DataError, RecipeError, MachineError.
    """
    from shisaku.store.run import ABOUT, Run

    own, said = (Path(one).expanduser() if one else None for one in (profile, marks))
    asked = Asked(level, own, said, workers, progress)
    path = Path(source).expanduser()
    if (path / f"{ABOUT}.json").is_file():
        earlier = Path(against).expanduser() if against else None
        if out or preview or (earlier and not (earlier / f"{ABOUT}.json").is_file()):
            raise RecipeError(
                say("A run knows its real data, its folder and its preview"),
                where=str(path),
                next=say("Give the run alone or --against an earlier run, or two folders with --real and --synthetic"),
            )
        return _measured_run(Run.open(path), earlier, asked)
    return _measured_data(path, Path(against).expanduser() if against else None, out, preview, asked)


def _measured_run(run: Run, earlier: Path | None, asked: Asked) -> dict[str, Any]:
    from shisaku.api.drifting import planned_drift, write_drift
    from shisaku.api.evidence import cook_evidence, write_bundles
    from shisaku.api.makers import child_makers
    from shisaku.judging.batch import batches_of
    from shisaku.registry.load import load_recipe
    from shisaku.store.reviewed import keep_marks, marks_from

    if run.state == "running":
        raise RecipeError(
            say("This run is still going on"), where=str(run.path), next=say("Measure it when it is done")
        )
    recipe = load_recipe(run.path / "recipe.yaml")
    streams = run.streams()
    batches = [one for one in batches_of(recipe, child_makers(recipe)) if streams.get(one.name, {}).get("n")]
    if not batches:
        raise RecipeError(
            say("Nothing was made in this run"),
            where=str(run.path),
            next=say("Give a run that has a step that makes samples"),
        )
    if asked.marks:
        keep_marks(run, marks_from(asked.marks, {id_ for one in batches for id_ in run.stream(one.name).ids()}))
    bench, told = _seated(run, recipe, batches, asked)
    chains, unread = planned_drift(run, bench)
    cooked, lost = cook_evidence(run, bench, asked.workers, asked.progress)
    found = write_bundles(run, cooked, batches, bench, [*told, *lost])
    notes = [one.with_text() for one in unread]
    drift = write_drift(run, cooked, chains, bench, earlier)
    return {**found, "drift": drift, "notes": notes, "page": _page(run, cooked)}


def _measured_data(
    source: Path, against: Path | None, out: str | Path | None, preview: int | None, asked: Asked
) -> dict[str, Any]:
    from shisaku.api.cooking import cook
    from shisaku.api.evidence import write_bundles
    from shisaku.api.rights import Declared
    from shisaku.judging.batch import Batch
    from shisaku.store.reviewed import keep_marks, marks_from
    from shisaku.store.run import Run

    params = {"synthetic": str(source.resolve()), "real": str(against.resolve()) if against else ""}
    select = {MADE: {"role": "synthetic"}} | ({REAL: {"role": "real"}} if against else {})
    recipe = Recipe(f"measure-{source.stem}", Source("pair", params), select=select)
    batch = Batch(MADE, (REAL,) if against else (), {}, {})
    bench, told = _seated_data(recipe, batch, asked)
    result = cook(
        bench.recipe,
        base=Path.cwd(),
        out=Path(out) if out is not None else None,
        preview=preview,
        workers=asked.workers,
        progress=asked.progress,
        on_estimate=None,
        declared=Declared(own_if_unsaid=True),
    )
    run = Run.open(result.path)
    if asked.marks:
        keep_marks(run, marks_from(asked.marks, set(run.stream(MADE).ids())))
    found = write_bundles(run, run, [batch], bench, told)
    return {**found, "page": _page(run, run)}


def _page(run: Run, cooked: Run) -> str:
    """Write the page of the evidence, and that of the run anew where it has one, so that it names the other."""
    from shisaku.report.measure.page import write_measure_page
    from shisaku.report.render import PAGE, write_report

    page = write_measure_page(run, cooked)
    if (run.path / PAGE).is_file():
        write_report(run)
    return str(page)


def _seated(run: Run, recipe: Recipe, batches: Sequence[Batch], asked: Asked) -> tuple[Bench, list[Message]]:
    from itertools import chain

    from shisaku.api.quarantine import own_judges
    from shisaku.auditing.plan import Contents
    from shisaku.judging.plan import Bench

    wanted, told = _wanted(asked)
    bench = Bench(recipe)
    reals: dict[tuple[str, ...], Contents | None] = {}
    for batch in batches:
        if batch.real not in reals:
            there = [run.stream(name) for name in batch.real]
            reals[batch.real] = Contents.of(chain.from_iterable(there)) if any(map(len, there)) else None
        real = reals[batch.real]
        bench.seat(batch, batch.contents(run.stream(batch.name), real), real, wanted)
        bench.judges[batch.name] += own_judges(recipe, batch.name, bench.judges[batch.name])
    return bench, told


def _seated_data(recipe: Recipe, batch: Batch, asked: Asked) -> tuple[Bench, list[Message]]:
    from shisaku.api.in_reach import with_weights
    from shisaku.auditing.plan import Contents
    from shisaku.judging.plan import Bench
    from shisaku.registry.doors import READERS
    from shisaku.registry.make import make_behind
    from shisaku.store.ingest import ingest
    from shisaku.store.places import cache_dir

    wanted, told = _wanted(asked)
    reader = make_behind(READERS, recipe.data.reader, recipe.data.params)
    dataset = ingest(reader, cache_dir(), asked.progress).dataset
    sides: Mapping[bool, Contents] = {
        made: Contents.of(sample for sample in dataset if bool(sample.depth) == made) for made in (False, True)
    }
    real = sides[False] if batch.real else None
    bench = Bench(recipe)
    bench.seat(batch, batch.contents((sample for sample in dataset if sample.depth), real), real, wanted)
    bench.recipe, lost = with_weights(bench.recipe, asked.progress)
    return bench, [*told, *lost]


def _wanted(asked: Asked) -> tuple[list[Any], list[Message]]:
    from shisaku.auditing.detector import up_to
    from shisaku.judging.judge import judges
    from shisaku.registry.doors import OPS, names

    known, told = judges(names(OPS), asked.profile)
    return up_to(asked.level, known), told
