"""The way from a recipe to a run: ingest, cook, prove, report, each resumable."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from shisaku.api.case_keeping import cases_kept
from shisaku.api.ending import finished_or_partial
from shisaku.api.kinship import related_judges
from shisaku.api.makers import child_makers
from shisaku.api.order import DEFAULT, Order, done_run, order_of, start_run
from shisaku.api.result import RunResult
from shisaku.api.rights import Declared, cleared
from shisaku.api.studying import study, study_minutes
from shisaku.core.recipe import Recipe
from shisaku.errors import RecipeError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.api.plan_file import PlanFile
    from shisaku.atlas.gate import Clearance
    from shisaku.core.progress import Progress
    from shisaku.core.study import StudyResult
    from shisaku.models.desk import Desk
    from shisaku.store.ingest import Ingested
    from shisaku.store.run import Run

EXHIBITS = 6
OnEstimate = Callable[[dict[str, Any]], None]
Studied = TypeVar("Studied")


def cook(
    recipe: Recipe,
    *,
    base: Path,
    out: Path | None,
    preview: int | None,
    workers: int,
    progress: Progress,
    on_estimate: OnEstimate | None,
    profile: str = DEFAULT,
    declared: Declared | None = None,
    plan: Path | None = None,
) -> RunResult:
    """Cook `recipe`, whose relative paths start at `base`, into the run folder `out`.

    In the profile ``long`` every step is asked of all its samples. Such a run is another run, and its recipe one
    without `sample`. With the file of a frozen `plan` nothing is trained that was not planned. Raises DataError where
    the licence of the data denies the use that the recipe declares, unless the recipe or `declared` gives a reason,
    RecipeError where the plan is another.
    """
    planned = _planned(plan, preview)
    order = order_of(
        recipe, base=base, out=out, preview=preview, workers=workers, progress=progress, profile=profile
    )  # fmt: skip
    there = done_run(order)
    if there is not None:
        if planned is not None:
            planned.check(there.read_json("plans"))
        return replace(result_of(there), already_done=True)
    run = start_run(order)
    with cases_kept(run, recipe), finished_or_partial(run):
        results = up_to_studies(
            run, order, declared or Declared(), on_estimate,
            lambda: study(run, order.recipe, preview=preview, workers=workers, progress=progress, planned=planned),
        )  # fmt: skip
        _note_what_is_left(run, order.recipe)
        _write_studies(run, results)
        _finish_page(run, order, bool(results))
    return result_of(run)


def _planned(plan: Path | None, preview: int | None) -> PlanFile | None:
    from shisaku.api.plan_file import read_plan

    if plan is None:
        return None
    if preview is not None:
        raise RecipeError(
            say("--plan and --preview exclude each other"),
            next=say("A plan is of the whole study; a preview is a look, not a verdict"),
        )
    return read_plan(plan)


def up_to_studies(
    run: Run, order: Order, declared: Declared, on_estimate: OnEstimate | None, study: Callable[[], Studied]
) -> Studied:
    """Read in, make, measure and judge all that comes before the studies, and return what `study` does then."""
    from shisaku.api.guarded import guarded
    from shisaku.registry.check import check_recipe

    run.write_json("run", {"profile": order.profile})
    ingested = read_in(order.recipe, order.progress)
    kinds, licences = looked_at(ingested)
    clearance = cleared(order.recipe, licences, declared)
    run.write_json("run", {"licence": clearance.to_json()})
    check_recipe(order.recipe, kinds)
    _prepare(run, order, ingested, on_estimate)
    with guarded(run, order.recipe) as desk:
        _make(run, order, ingested, clearance, desk)
        _judge(run, order, desk)
        return study()


def result_of(run: Run) -> RunResult:
    """Read a finished run back as the result it gave."""
    about = run.read_json("run")
    decided = run.read_json("verdict")
    studies = run.read_json("studies")
    headline = studies[0]["headline"] if studies else say("No study: nothing to decide yet").to_json()
    return RunResult(
        path=run.path,
        state=run.state,
        overall=decided["overall"],
        verdicts=tuple(decided["verdicts"]),
        studies=tuple(_study_line(one) for one in studies),
        planned=about.get("planned", {}),
        headline_message=headline,
        counts=about.get("counts", {}),
        notes=tuple(about.get("notes", [])),
    )


def _study_line(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return name, decision and first line of a study, and whether its plan was too small to confirm what it asks."""
    exploratory = bool(record["detail"].get("overall", {}).get("exploratory", False))
    return {**{key: record[key] for key in ("name", "overall", "headline")}, "exploratory": exploratory}


def read_in(recipe: Recipe, progress: Progress) -> Ingested:
    """Return the samples of a recipe's data, from the cache where they were read before."""
    from shisaku.registry.doors import READERS
    from shisaku.registry.make import make_behind
    from shisaku.store.ingest import ingest
    from shisaku.store.places import cache_dir

    reader = make_behind(READERS, recipe.data.reader, recipe.data.params)
    return ingest(reader, cache_dir(), progress)


def looked_at(ingested: Ingested) -> tuple[dict[str, Any], Counter[str]]:
    """Return the kind of every part, and how many samples there are under each licence."""
    kinds: dict[str, Any] = {}
    licences: Counter[str] = Counter()
    for sample in ingested.dataset:
        kinds.update({name: part.kind for name, part in sample.parts.items()})
        licences[sample.licence] += 1
    return kinds, licences


def _prepare(run: Run, order: Order, ingested: Ingested, on_estimate: OnEstimate | None) -> None:
    """Say what it will cost, fetch the weights it needs, and note the machine."""
    from shisaku.api.machine import environment
    from shisaku.engine.estimate import estimate
    from shisaku.engine.weights import weights_of
    from shisaku.models.desk import Desk
    from shisaku.models.pull import estimate_download_mb, pull
    from shisaku.registry.make import make_op
    from shisaku.store.places import cache_dir

    desk = Desk(order.recipe.models)
    needed = sorted({name for step in order.recipe.steps for name in weights_of(make_op(step.op, step.params), desk)})
    cost = estimate(order.recipe, ingested.dataset, cache_dir(), preview=order.preview)
    studies = study_minutes(order.recipe.studies, order.preview)
    cost = {
        **cost,
        "minutes": None if cost["minutes"] is None or studies is None else cost["minutes"] + studies,
        "known_minutes": cost["known_minutes"] + (studies or 0.0),
        "study_minutes": studies,
        "download_mb": estimate_download_mb(needed),
    }
    run.write_json("estimate", cost)
    if on_estimate is not None:
        on_estimate(cost)
    pull(needed, order.progress)
    run.write_json("environment", environment(needed))


def _make(run: Run, order: Order, ingested: Ingested, clearance: Clearance, desk: Desk) -> None:
    from shisaku.engine.local import LocalEngine
    from shisaku.registry.streams import CONTROL
    from shisaku.store.cache import StepCache
    from shisaku.store.places import cache_dir

    LocalEngine(order.workers, desk=desk).cook(
        order.recipe,
        ingested.dataset,
        run,
        cache=StepCache(cache_dir(), fallback=run.path / "work"),
        preview=order.preview,
        progress=order.progress,
        earlier_drops=ingested.drops,
    )
    makers = child_makers(order.recipe)
    made = [row["made"] for row in run.read_rows("counts") if row["step"] in makers]
    run.write_json(
        "run",
        {
            "counts": {
                "records": len(ingested.dataset) + len(ingested.drops),
                "samples": len(ingested.dataset),
                "made": sum(made),
                "dropped": sum(not row["step"].endswith(CONTROL) for row in run.read_rows("drops")),
            },
            "notes": [note.to_json() for note in (*clearance.notes(), *ingested.notes, *related_judges(order.recipe))],
            "preview": order.preview,
            "title": dict(order.recipe.title),
            "name": order.recipe.name,
        },
    )


def _judge(run: Run, order: Order, desk: Desk) -> None:
    """Measure what nobody measured before a study trains on it."""
    from shisaku.api.first_evidence import judge_before_study

    told = judge_before_study(run, order.recipe, desk, order.workers, order.progress)
    run.write_json("run", {"notes": [*run.read_json("run")["notes"], *(one.to_json() for one in told)]})


def _note_what_is_left(run: Run, recipe: Recipe) -> None:
    """Say what may pass, why steps stopped going round, and what the whole of a preview would cost."""
    from shisaku.api.forecast import forecast, told
    from shisaku.api.quarantine import batches, with_bundles
    from shisaku.api.quarantine import told as unmeasured

    about = run.read_json("run")
    rows = forecast(run, recipe)
    notes = [
        say("{step}: {n} rounds. {why}", step=step, n=held["rounds"], why=Message.from_json(held["why"]))
        for step, held in about.get("rounds", {}).items()
    ]
    if about.get("passing"):
        notes.append(say("{n} failed for a cause that may be gone; the same command asks again", n=about["passing"]))
    made = with_bundles(batches(recipe), run)
    said = [note.to_json() for note in (*notes, *told(rows), *unmeasured(made))]
    run.write_json("run", {"forecast": rows, "batches": made, "notes": [*about.get("notes", []), *said]})


def _write_studies(run: Run, results: list[StudyResult]) -> None:
    from shisaku.lab.record import study_records, study_tables, verdict_record

    for table, rows in study_tables(results).items():
        run.write_rows(table, rows)
    run.write_json("studies", study_records(results))
    run.write_json("verdict", verdict_record(results))


def _finish_page(run: Run, order: Order, studied: bool) -> None:
    from shisaku.api.labels_first import write_labelling_plan
    from shisaku.report.render import write_report
    from shisaku.store.exhibits import exhibits

    run.write_json("samples", exhibits(run, per_stream=EXHIBITS))
    if not studied:
        write_labelling_plan(run, order.recipe)
    run.write_json("run", {"peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)})
    write_report(run)
