"""Evidence that speaks of what is forgotten goes whole: what is left is another batch, and has to be measured anew."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from shisaku.store.forget.targets import Targets
    from shisaku.store.run import Run


def clear_evidence(run: Run, targets: Targets) -> bool:
    """Remove bundles, drift, their page and the runs of the judges, if a stream of the run or any of them has a target.

    The batches are prototypes again. Call it while the streams are as they were. Raises MachineError.
    """
    from shisaku.api.quarantine import unjudged
    from shisaku.judging.bundle import FOLDER
    from shisaku.store.atomic import disk_errors

    places = [run.path / FOLDER, *judged_runs(run)]
    there = [place for place in places if place.is_dir()]
    if not there or not _is_about(run, there, targets):
        return False
    run.write_json("run", {"batches": unjudged(run.read_json("run").get("batches", {}))})
    for place in there:
        with disk_errors(place):
            shutil.rmtree(place)
    return True


def judged_runs(run: Run) -> list[Path]:
    """Return the runs of judges inside a run."""
    from shisaku.api.evidence import JUDGED

    return sorted((run.path / "work").glob(f"{JUDGED}*"))


def _is_about(run: Run, places: list[Path], targets: Targets) -> bool:
    from shisaku.store.forget.closure import streams_of
    from shisaku.store.forget.search import files_below, holds

    if any(targets.is_one(id_) for stream in streams_of(run) for id_ in stream.ids()):
        return True
    return any(holds(path, targets) for place in places for path in files_below(place))
