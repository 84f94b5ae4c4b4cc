"""Write what an audit found into a dataset home: scores as columns, or a version without what should leave."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.errors import DataError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.api.auditing.order import Order
    from shisaku.api.auditing.result import AuditResult
    from shisaku.store.readers.recognition import Layout


def scored(result: AuditResult, home: Path) -> dict[str, Any]:
    """Add the scores to the dataset home at `home` as a new version; returns what was made. Raises DataError."""
    from shisaku.auditing.mend import score_columns
    from shisaku.store.home import add_scores, is_home
    from shisaku.store.run import Run

    if not is_home(home):
        raise DataError(
            say("Scores can be saved in a dataset only, and this is none"),
            str(home),
            next=say("Run shisaku ingest first, or read the scores in the run"),
        )
    columns = score_columns(result.found, Run.open(result.path).read_rows("scores"))
    version = add_scores(home, columns, when=_now(), message=str(say("Scores of an audit")))
    return {"out": str(home), "version": version.number, "columns": sorted(columns), "dropped": 0, "proposed": 0}


def mended(result: AuditResult, layout: Layout, out: Path, order: Order) -> dict[str, Any]:
    """Commit the data without what should leave to the home `out`; returns version and counts.

    A home that does not hold the data yet gets them as they were first, so that the log shows both.
    Raises DataError if nothing would be left.
    """
    from shisaku.auditing.detector import detectors
    from shisaku.auditing.mend import mend_of, score_columns
    from shisaku.store.home import Source, commit, writing
    from shisaku.store.ingest import ingest
    from shisaku.store.places import cache_dir
    from shisaku.store.run import Run
    from shisaku.store.selected import SelectedDataset

    rows = Run.open(result.path).read_rows("scores")
    mend = mend_of(result.found, detectors(order.profile), {row["step"]: row["metric"] for row in rows})
    whole = ingest(layout.reader, cache_dir(), order.progress, limits=order.limits)
    gone = {drop.sample for drop in mend.drops}
    rest = SelectedDataset(whole.dataset, gone)
    if not len(rest):
        raise DataError(say("Nothing would be left"), next=say("Change `fix` in a profile"))
    columns = {**score_columns(result.found, rows), **mend.proposals}
    kept = {name: {id_: value for id_, value in held.items() if id_ not in gone} for name, held in columns.items()}
    kept = {name: held for name, held in kept.items() if held}
    source = Source(layout.door, {}, layout.name, layout.why, whole.notes)
    with writing(out) as home:
        if not home.latest() or home.version().fingerprint != whole.dataset.fingerprint:
            commit(home, whole.dataset, source, drops=whole.drops, when=_now(), message=str(say("As it came in")))
        inline, said = home.version().inline_mb, str(mend.message)
        version = commit(home, rest, source, drops=mend.drops, when=_now(), message=said, inline_mb=inline, scores=kept)
    proposed = sum(map(len, mend.proposals.values()))
    told = {"columns": sorted(kept), "dropped": len(gone), "proposed": proposed}
    return {"out": str(out), "version": version.number, **told}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
