"""A verdict on two models by what they predicted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shisaku.api.result import RunResult
from shisaku.core.identity import fingerprint
from shisaku.core.kpi import Kpi
from shisaku.errors import DataError
from shisaku.message import say

COLUMNS = ("item", "group", "truth", "scores")


def decide_predictions(
    base: Path, new: Path, margins: tuple[float, float], kpi: Kpi, out: str | Path | None
) -> RunResult:
    """Read both files, decide, and leave a run with its report."""
    from shisaku.api.case_keeping import cases_kept
    from shisaku.api.cooking import result_of
    from shisaku.api.ending import finished_or_partial
    from shisaku.api.machine import environment
    from shisaku.lab.predictions import compare_predictions
    from shisaku.lab.record import study_records, study_tables, verdict_record
    from shisaku.report.render import write_report
    from shisaku.store.run import Run

    rows = read_predictions(base), read_predictions(new)
    result = compare_predictions(*rows, delta_gain=margins[0], delta_safe=margins[1], kpi=kpi)
    mark = fingerprint("predictions", result.plan)
    folder = Path(out) if out is not None else Path("runs") / f"predictions-{mark[:8]}"
    run = Run.create(folder, recipe_text="", recipe_fingerprint=mark)
    with cases_kept(run), finished_or_partial(run):
        run.write_json("environment", environment(()))
        run.write_json("plans", [result.plan])
        run.write_json("studies", study_records([result]))
        for table, found in study_tables([result]).items():
            run.write_rows(table, found)
        run.write_json("verdict", verdict_record([result]))
        run.write_json("samples", [])
        run.write_json("run", {"name": "predictions", "counts": {"records": len(rows[0])}, "notes": []})
        write_report(run)
    return result_of(run)


def read_predictions(path: Path) -> list[dict[str, Any]]:
    """Read one Parquet file of predictions. Raises DataError for a file or columns that do not fit."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DataError(
            say("The predictions cannot be read: {cause}", cause=str(error)),
            where=str(path),
            next=say("Give a Parquet file with the columns item, group, truth and scores"),
        ) from None
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise DataError(
            say(
                "Columns are missing: {missing}; there are {there}",
                missing=", ".join(missing),
                there=", ".join(table.column_names),
            ),
            where=str(path),
            next=say("Rename them to item, group, truth and scores"),
        )
    rows: list[dict[str, Any]] = table.select(list(COLUMNS)).to_pylist()
    return rows
