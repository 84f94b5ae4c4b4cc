"""Forget a record with everything derived from it, in all versions, caches, runs and reports; proof by search."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.progress import Progress, silent
from shisaku.errors import DataError, ShisakuError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.store.forget.journal import Journal
    from shisaku.store.forget.search import Searched
    from shisaku.store.home import Home
    from shisaku.store.run import Run

REPORT = "report.html"


def data_forget(
    path: str | Path, sample: str, *, runs: Sequence[str | Path] = (), progress: Progress = silent
) -> dict[str, Any]:
    """Remove a record and everything derived from it, then search for it where it could be left.

    Removed are its descendants in all versions of the dataset at `path` and in the `runs` (folders), media files,
    rows of tables, exhibits and predictions, and every cached result that holds any of it; the pages of the runs are
    made anew. The numbers a run reported stay; evidence of batches that held any of it goes whole (measure the run
    again). A call that was stopped goes on where it was.

    Returns ids, evidence (runs whose batches are prototypes again), and of the search files, bytes and found (paths
    that still hold something, which should be empty). What other samples hold too (the same picture twice) is kept and
    not searched for. Raises DataError where there is no such record, MachineError for the disk.
    """
    from shisaku.api.forgotten_evidence import clear_evidence
    from shisaku.store.forget.runs import clear_run
    from shisaku.store.forget.versions import rebuild
    from shisaku.store.home import Home, writing
    from shisaku.store.run import Run
    from shisaku.store.splits import forget_in_splits

    Home.open(path)
    with writing(path, resuming=True) as home:
        journal = _journal(home, sample, [str(Path(run).absolute()) for run in runs])
        opened = [Run.open(run) for run in journal.runs]
        evidence: list[str] = []
        for number, run in enumerate(opened):
            progress("forget runs", number, len(opened))
            evidence += [str(run.path)] if clear_evidence(run, journal.targets) else []
            clear_run(run, journal)
        caches = _clear_caches(journal, opened, progress)
        rebuild(home, journal, progress)
        forget_in_splits(home.path, journal.targets.is_one)
        pages = {str(run.path): _page(run) for run in opened}
        searched = _searched(home, journal, opened, progress)
        journal.end(searched.found)
    return {
        "path": str(home.path),
        "sample": sample,
        "ids": sorted(journal.targets.ids),
        "runs": pages,
        "evidence": evidence,
        "cache_entries": caches,
        "files": searched.files,
        "bytes": searched.bytes,
        "found": list(searched.found),
    }


def _journal(home: Home, sample: str, runs: list[str]) -> Journal:
    """Return the journal of this forgetting, added to what an earlier call left."""
    from shisaku.store.forget.closure import all_ids, described
    from shisaku.store.forget.journal import Journal
    from shisaku.store.forget.targets import Targets
    from shisaku.store.forget.versions import to_rebuild
    from shisaku.store.home.writing import JOURNAL
    from shisaku.store.run import Run

    earlier = Journal.found(home)
    before = earlier.targets if earlier else Targets(frozenset())
    folders = list(dict.fromkeys([*(earlier.runs if earlier else ()), *runs]))
    opened = [Run.open(run) for run in folders]
    if not (before.is_one(sample) or _is_known(home, opened, sample)):
        raise DataError(say("There is no sample with the id {id}", id=sample), str(home.path))
    ids = all_ids(home, opened, {sample, *before.ids})
    targets = described(home, opened, ids).merged(before)
    rebuild = sorted({*(earlier.rebuild if earlier else ()), *to_rebuild(home, targets)})
    salt = earlier.salt if earlier else secrets.token_hex(16)
    made = Journal(home.path / JOURNAL, targets, folders, rebuild, salt)
    made.write()
    return made


def _is_known(home: Home, runs: Sequence[Run], sample: str) -> bool:
    import pyarrow.parquet as pq

    if any(sample in home.dataset(version).digests() for version in home.versions()):
        return True
    for version in home.versions():
        if version.drops and sample in pq.read_table(home.drops_file(version.number))["sample"].to_pylist():
            return True
    return any(sample in (row["child"], row["parent"]) for run in runs for row in run.read_rows("lineage"))


def _clear_caches(journal: Journal, runs: Sequence[Run], progress: Progress) -> int:
    from shisaku.guard.forget import forget_answers
    from shisaku.guard.journal import journal_dir
    from shisaku.guard.ledger import ledger_of
    from shisaku.guard.names import forget_names
    from shisaku.store.forget.caches import clear_cache
    from shisaku.store.forget.ledgers import clear_ledgers
    from shisaku.store.places import cache_dir, state_dir

    clear_ledgers(state_dir(), journal.targets)
    for run in runs:
        forget_names(ledger_of(run.path), journal.targets.is_one)
    # First, row by row: a journal that still held a target would be removed whole, with all that was paid.
    answers = forget_answers(journal_dir(), journal.targets).answers
    return answers + sum(
        clear_cache(root, journal.targets, progress) for root in (cache_dir(), *(run.path / "work" for run in runs))
    )


def _page(run: Run) -> str:
    """Make a run's page anew; one that cannot be made is removed, because it may show what is gone."""
    from shisaku.api.page import write_report

    page = run.path / REPORT
    if not page.is_file():
        return "none"
    page.unlink()
    try:
        write_report(run.path)
    except (ShisakuError, LookupError, ValueError, TypeError, ArithmeticError):
        page.unlink(missing_ok=True)
        return "removed"
    return "made anew"


def _searched(home: Home, journal: Journal, runs: Sequence[Run], progress: Progress) -> Searched:
    from shisaku.store.forget.caches import cache_places
    from shisaku.store.forget.journal import FILES
    from shisaku.store.forget.search import search
    from shisaku.store.places import cache_dir, state_dir

    own = [path for path in home.path.iterdir() if path.name not in FILES]
    return search(
        [*own, *cache_places(cache_dir()), state_dir(), *(run.path for run in runs)], journal.targets, progress
    )
