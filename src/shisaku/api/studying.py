"""The studies of a run: loaded from what was cooked, proved, resumable trial by trial."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.recipe import Recipe
from shisaku.core.study_spec import StudySpec
from shisaku.errors import DataError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.api.plan_file import PlanFile
    from shisaku.core.progress import Progress
    from shisaku.core.study import StudyResult
    from shisaku.lab.items import StudyData
    from shisaku.lab.looks import Ledger
    from shisaku.lab.trial import Trial
    from shisaku.store.run import Run


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a study would do: its frozen plan, what it lacks to begin, and whether its results were `seen` before."""

    spec: StudySpec
    plan: Mapping[str, Any]
    unmet: tuple[Message, ...]
    seen: bool


def foreseen(run: Run, recipe: Recipe) -> list[Foreseen]:
    """Freeze the plan of every study of `recipe` over what `run` holds, as it will be when its turn comes.

    Studies that come first will have looked at the test items by then. Nothing is trained.
    """
    from shisaku.lab.looks import look_line
    from shisaku.lab.plan import freeze

    found: list[Foreseen] = []
    ahead: list[Mapping[str, Any]] = []
    for spec in recipe.studies:
        data = _loaded(run, spec)
        ledger = replace(_ledger(recipe, spec), ahead=tuple(ahead))
        plan = freeze(ledger.counted(spec, data), data)
        lacking = _lacking(run, recipe, spec)
        if not lacking:
            ahead.append(look_line(spec, data))
        found.append(Foreseen(spec, plan, lacking, ledger.seen(spec, data)))
    return found


def study(
    run: Run,
    recipe: Recipe,
    *,
    preview: int | None,
    workers: int,
    progress: Progress,
    planned: PlanFile | None = None,
) -> list[StudyResult]:
    """Prove every study of `recipe` over what `run` holds; plans are in the run before anything is trained.

    Raises RecipeError before that if any plan is not the one that was `planned`.
    """
    from shisaku.api.plan_file import note_planned
    from shisaku.lab.looks import plan_key
    from shisaku.lab.prove import prove

    if planned is not None:
        planned.check([one.plan for one in foreseen(run, recipe)])
    results: list[StudyResult] = []
    plans: list[Mapping[str, Any]] = []
    left_out: list[DataError] = []

    def freeze(plan: Mapping[str, Any]) -> None:
        plans.append(plan)
        run.write_json("plans", plans)
        note_planned(run, plan, planned)

    for spec in recipe.studies:
        data = _loaded(run, spec)
        try:
            asked = _for_preview(spec, data, preview) if preview else spec
        except DataError as error:
            left_out.append(error)
            continue
        began = time.monotonic()
        memo = TrialMemo(run.path / "work" / "trials" / plan_key(asked, data))
        there = memo.read()
        results.append(
            prove(
                asked,
                data,
                workers=workers,
                progress=progress,
                done=there,
                on_done=memo.keep,
                on_plan=freeze,
                looks=_ledger(recipe, spec),
                unmet=_lacking(run, recipe, asked),
            )
        )
        _note_cost(asked, _trials(asked) - len(there), time.monotonic() - began)
    if left_out and not results:
        raise left_out[0]
    if left_out:
        _note_left_out(run, left_out)
    return results


def _loaded(run: Run, spec: StudySpec) -> StudyData:
    from shisaku.api.learner_media import with_media
    from shisaku.lab.data import load

    return with_media(run, spec, load(run, spec))


def _ledger(recipe: Recipe, spec: StudySpec) -> Ledger:
    from shisaku.api.chosen_seeds import choosers
    from shisaku.lab.looks import Ledger
    from shisaku.store.places import state_dir

    return Ledger(state_dir(), choosers(recipe, spec))


def _lacking(run: Run, recipe: Recipe, spec: StudySpec) -> tuple[Message, ...]:
    from shisaku.api.quarantine import refused
    from shisaku.lab.required import unmet

    return (*unmet(spec, run), *refused(spec, recipe, run))


def _note_left_out(run: Run, errors: Sequence[DataError]) -> None:
    """Say in the run which studies a preview is too small for."""
    notes = run.read_json("run").get("notes", [])
    told = [say("Left out of this preview: {study}. {cause}", study=e.where, cause=e.what).to_json() for e in errors]
    run.write_json("run", {"notes": [*notes, *told]})


def _for_preview(spec: StudySpec, data: StudyData, preview: int) -> StudySpec:
    """Return the study cut down to a preview. Raises DataError where so few items leave nothing to look at."""
    from shisaku.lab.plan import freeze
    from shisaku.lab.preview import for_preview

    asked = for_preview(spec, data)
    try:
        freeze(asked, data)
    except DataError as error:
        raise DataError(
            error.what,
            error.where,
            say("Try a larger --preview than {n}; if that does not help: {next}", n=preview, next=error.next or ""),
        ) from error
    return asked


def study_minutes(studies: Sequence[StudySpec], preview: int | None) -> float | None:
    """Return what studies took per trial here before, for as many trials as these ask; None if one was never run."""
    from shisaku.engine.costs import Costs
    from shisaku.lab.preview import SPLITS
    from shisaku.store.places import cache_dir

    known = Costs.read(cache_dir()).by_op
    minutes = 0.0
    for spec in studies:
        cost = known.get(_cost_name(spec))
        if cost is None:
            return None
        minutes += cost.seconds * len(spec.shots) * (min(spec.splits, SPLITS) if preview else spec.splits) / 60
    return minutes


def _note_cost(spec: StudySpec, trials: int, seconds: float) -> None:
    from shisaku.engine.costs import Costs
    from shisaku.store.places import cache_dir

    costs = Costs()
    costs.note(_cost_name(spec), trials, seconds, 0)
    costs.write(cache_dir())


def _cost_name(spec: StudySpec) -> str:
    return f"study {spec.name}, {len(spec.arms)} arms"


def _trials(spec: StudySpec) -> int:
    return len(spec.shots) * spec.splits


class TrialMemo:
    """Finished trials as JSON files of one folder, so that a stopped study goes on where it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> dict[int, Trial]:
        """Return the finished trials by number; a torn file counts as not done."""
        from shisaku.lab.trial import Trial

        found = {}
        for path in sorted(self.folder.glob("*.json")):
            try:
                found[int(path.stem)] = Trial.from_json(json.loads(path.read_bytes()))
            except (ValueError, KeyError, TypeError):
                continue
        return found

    def keep(self, number: int, trial: Trial) -> None:
        """Keep one trial, whole or not at all. Raises MachineError for a full disk."""
        from shisaku.store.atomic import write_bytes

        write_bytes(self.folder / f"{number}.json", json.dumps(trial.to_json()).encode())
