"""A run folder without the targets: its streams, tables and JSON files; the page is made anew by who can."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import suppress
from pathlib import Path

from shisaku.errors import ShisakuError
from shisaku.store.atomic import disk_errors, write_bytes
from shisaku.store.datasets import write_dataset
from shisaku.store.forget.journal import Journal
from shisaku.store.forget.rest import Rest
from shisaku.store.forget.scrub import is_about, scrubbed
from shisaku.store.forget.targets import Targets
from shisaku.store.run import STREAMS, Run


def clear_run(run: Run, journal: Journal) -> None:
    """Take the targets out of streams, tables and JSON files of a run. Raises MachineError for the disk."""
    for name in run.streams():
        _clear_stream(run, name, journal)
    for path in sorted(run.path.glob("*.parquet")):
        _clear_table(path, journal.targets)
    for path in sorted(run.path.glob("*.json")):
        if path.stem != STREAMS:
            _clear_json(path, journal.targets)


def _clear_stream(run: Run, name: str, journal: Journal) -> None:
    """Write a stream that holds a target as a dataset of the run's own; what it was made of stays to be removed."""
    about = run.streams()[name]
    try:
        dataset = run.stream(name)
    except ShisakuError:
        return  # its cache is gone, and so is what it held
    rest = Rest(dataset, journal.targets, journal.salt)
    if rest.fingerprint == dataset.fingerprint:
        return
    place = run.path / "streams" / f"{name}-{rest.fingerprint[:12]}"
    made = write_dataset(place, iter(rest))
    run.link_stream(name, place, len(made), made.fingerprint)
    _remove_own(run, about["path"], place)


def _remove_own(run: Run, path: str, kept: Path) -> None:
    place = Path(path)
    still = {Path(held["path"]) for held in run.streams().values()}
    if place.is_absolute() or place in still or run.path / place == kept:
        return
    own = (run.path / place).resolve()
    if not own.is_relative_to(run.path.resolve()):
        return
    with disk_errors(own):
        if own.is_dir():
            shutil.rmtree(own)
        else:
            own.unlink(missing_ok=True)


def _clear_table(path: Path, targets: Targets) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with disk_errors(path):
        table = pq.read_table(path)
    keep = [not is_about(row, targets) for row in table.to_pylist()]
    if all(keep):
        return
    target = io.BytesIO()
    pq.write_table(table.filter(pa.array(keep)), target, compression="zstd")
    write_bytes(path, target.getvalue())


def _clear_json(path: Path, targets: Targets) -> None:
    with suppress(ValueError):
        held = json.loads(path.read_bytes())
        made = scrubbed(held, targets)
        if made != held:
            write_bytes(path, json.dumps(made, ensure_ascii=False, indent=2).encode())
