"""The studies of a run: loaded from what was cooked, proved, resumable trial by trial."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.recipe import Recipe, StudySpec
from shisaku.errors import DataError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.core.progress import Progress
    from shisaku.core.study import StudyResult
    from shisaku.lab.items import StudyData
    from shisaku.lab.trial import Trial
    from shisaku.store.run import Run


def study(run: Run, recipe: Recipe, *, preview: int | None, workers: int, progress: Progress) -> list[StudyResult]:
    """Prove every study of `recipe` over what `run` holds; plans are in the run before anything is trained."""
    from shisaku.api.chosen_seeds import choosers
    from shisaku.api.quarantine import refused
    from shisaku.lab.data import load
    from shisaku.lab.looks import Ledger, plan_key
    from shisaku.lab.prove import prove
    from shisaku.lab.required import unmet
    from shisaku.store.places import state_dir

    results: list[StudyResult] = []
    plans: list[Mapping[str, Any]] = []
    left_out: list[DataError] = []

    def freeze(plan: Mapping[str, Any]) -> None:
        plans.append(plan)
        run.write_json("plans", plans)

    for spec in recipe.studies:
        data = load(run, spec)
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
                looks=Ledger(state_dir(), choosers(recipe, spec)),
                unmet=[*unmet(asked, run), *refused(asked, recipe, run)],
            )
        )
        _note_cost(asked, _trials(asked) - len(there), time.monotonic() - began)
    if left_out and not results:
        raise left_out[0]
    if left_out:
        _note_left_out(run, left_out)
    return results


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


def study_minutes(recipe: Recipe, preview: int | None) -> float | None:
    """Return what the studies took per trial here before, for as many trials as `recipe` asks; None if never run."""
    from shisaku.engine.costs import Costs
    from shisaku.lab.preview import SPLITS
    from shisaku.store.places import cache_dir

    known = Costs.read(cache_dir()).by_op
    minutes = 0.0
    for spec in recipe.studies:
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
