"""The studies of a run: loaded from what was cooked, proved, resumable trial by trial."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.recipe import Recipe, StudySpec

if TYPE_CHECKING:
    from shisaku.core.progress import Progress
    from shisaku.core.study import StudyResult
    from shisaku.lab.trial import Trial
    from shisaku.store.run import Run


def study(run: Run, recipe: Recipe, *, preview: int | None, workers: int, progress: Progress) -> list[StudyResult]:
    """Prove every study of `recipe` over what `run` holds; plans are in the run before anything is trained."""
    from shisaku.lab.data import load
    from shisaku.lab.looks import Ledger, plan_key
    from shisaku.lab.preview import for_preview
    from shisaku.lab.prove import prove
    from shisaku.store.places import state_dir

    results: list[StudyResult] = []
    plans: list[Mapping[str, Any]] = []

    def freeze(plan: Mapping[str, Any]) -> None:
        plans.append(plan)
        run.write_json("plans", plans)

    for spec in recipe.studies:
        data = load(run, spec)
        asked: StudySpec = for_preview(spec, data) if preview else spec
        memo = TrialMemo(run.path / "work" / "trials" / plan_key(asked, data))
        results.append(
            prove(
                asked,
                data,
                workers=workers,
                progress=progress,
                done=memo.read(),
                on_done=memo.keep,
                on_plan=freeze,
                looks=Ledger(state_dir()),
            )
        )
    return results


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
