"""From a reader's records to a Dataset: every record is decoded in the sandbox, and kept or dropped with a reason."""

from __future__ import annotations

import json
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from shisaku.core.dataset import Dataset
from shisaku.core.drop import Drop
from shisaku.core.identity import fingerprint
from shisaku.core.progress import Progress, silent
from shisaku.errors import DataError, MachineError
from shisaku.message import Message, say
from shisaku.store.arrow import drop_from_row, drop_row
from shisaku.store.assembly import ENCODING, OP, decode_records
from shisaku.store.atomic import write_bytes
from shisaku.store.cache import StepCache
from shisaku.store.lance_table import LanceDataset
from shisaku.store.limits import Limits
from shisaku.store.memory import dataset_fingerprint
from shisaku.store.pieces import Pieces
from shisaku.store.readers.reader import Reader, Record, TellsNotes
from shisaku.store.sandbox import Sandbox
from shisaku.store.seen import Seen

VERSION = 3  # goes up when the same file would give another part or fact
SHARD = 64
AT_ONCE = 3  # shards: the disk may be slow for once, and the workers still have something to do


@dataclass(frozen=True, slots=True)
class Ingested:
    """What came of a reader: kept samples + drops = its records. `notes` say what the user should know."""

    dataset: Dataset
    drops: tuple[Drop, ...]
    notes: tuple[Message, ...] = ()


class NothingUsableError(DataError):
    """No record became a sample; `drops` say of each why."""

    def __init__(self, drops: Sequence[Drop] = ()) -> None:
        self.drops = tuple(drops)
        if not drops:
            super().__init__(
                say("There is nothing to read: no record was found"),
                next=say("Check the path, and that the files have a known kind"),
            )
            return
        first = drops[0]
        super().__init__(
            say("None of the {n} records can be used; the first: {reason}", n=len(drops), reason=str(first.reason)),
            where=first.sample,
        )

    def __reduce__(self) -> tuple[type[NothingUsableError], tuple[tuple[Drop, ...]]]:
        return type(self), (self.drops,)


def ingest(
    reader: Reader,
    cache_dir: Path,
    progress: Progress = silent,
    *,
    limits: Limits | None = None,
    workers: int = 2,
) -> Ingested:
    """Read everything into ``<cache_dir>/datasets/<fingerprint>``; the same records and files are read only once.

    Files count as the same while path, size and modification time are. A call that was killed goes on
    where it was. Raises DataError if there is no record or none can be used, MachineError for the disk.
    """
    limits = limits or Limits()
    seen = Seen.of(reader)
    if not seen.n:
        raise NothingUsableError

    @cache
    def notes() -> tuple[Message, ...]:
        return (*(reader.notes() if isinstance(reader, TellsNotes) else ()), *seen.notes())

    key = fingerprint(VERSION, reader.fingerprint(), asdict(limits), seen.digest)
    done = cache_dir / OP / f"{key}.json"
    found = _finished(done, cache_dir)
    if found is None:
        pieces = Pieces(StepCache(cache_dir), f"{OP}-{key}")
        records = seen.named(reader.records())
        try:
            found = _cook(records, seen.n, pieces, cache_dir / "datasets", Sandbox(limits, workers), progress, notes)
            write_bytes(done, json.dumps(_to_json(found)).encode())
        except MachineError:
            # Another process that read the same files may have finished, and tidied up, meanwhile.
            found = _finished(done, cache_dir)
            if found is None:
                raise
        pieces.remove()
    return replace(found, notes=(*notes(), *found.notes))


def _cook(
    records: Iterator[Record],
    n: int,
    pieces: Pieces,
    datasets: Path,
    sandbox: Sandbox,
    progress: Progress,
    meanwhile: Callable[[], object],
) -> Ingested:
    def cooked(shard: str, some: Sequence[Record]) -> tuple[tuple[Drop, ...], int]:
        result = pieces.get(shard)
        if result is None:
            result = decode_records(some, box)
            pieces.put(shard, result)
        return result.drops, sum(f"text_{ENCODING}" in sample.facts for sample in result.samples)

    progress("read", 0, n)
    drops: list[Drop] = []
    done = recoded = 0
    # The next shard is decoded while others are written; never more of them, so that memory stays flat.
    with sandbox as box, ThreadPoolExecutor(AT_ONCE) as threads:
        box.start()
        waiting: deque[Future[tuple[tuple[Drop, ...], int]]] = deque()
        for start in range(0, n, SHARD):
            waiting.append(threads.submit(cooked, f"{start:08d}", list(islice(records, SHARD))))
            last = start + SHARD >= n
            if not done and (last or len(waiting) == AT_ONCE):
                import_module("lance")  # the workers have something to do now, and so do we
                meanwhile()
            while waiting and (last or len(waiting) == AT_ONCE):
                dropped, n_recoded = waiting.popleft().result()
                drops += dropped
                recoded += n_recoded
                done += SHARD
                progress("read", min(n, done), n)
    digests = pieces.digests()
    if len(digests) + len(drops) != n or next(records, None) is not None:
        pieces.remove()
        raise DataError(
            say("The data changed while they were read"), next=say("Run again when nothing writes to them any more")
        )
    if not digests:
        raise NothingUsableError(drops)
    place = datasets / dataset_fingerprint(digests.values())
    try:
        dataset = _opened(place)
    except DataError:  # it is not there, or damaged there
        shutil.rmtree(place, ignore_errors=True)
        dataset = pieces.write(place, digests)
    note = say("{n} texts are Shift_JIS (CP932), not UTF-8, and were read as that", n=recoded)
    return Ingested(dataset, tuple(drops), (note,) if recoded else ())


def _opened(place: Path) -> LanceDataset:
    dataset = LanceDataset(place)
    dataset.ids()  # so that a damaged table is noticed here, where it can be made anew
    return dataset


def _finished(done: Path, cache_dir: Path) -> Ingested | None:
    """Return what an earlier call made, or None if it is not there or not whole."""
    try:
        held = json.loads(done.read_bytes())
        dataset = _opened(cache_dir / "datasets" / held["dataset"])
        drops = tuple(drop_from_row(row) for row in held["drops"])
        notes = tuple(Message.from_json(note) for note in held["notes"])
    except (OSError, ValueError, KeyError, TypeError, DataError):
        return None
    return Ingested(dataset, drops, notes)


def _to_json(found: Ingested) -> dict[str, Any]:
    return {
        "dataset": found.dataset.fingerprint,
        "drops": [drop_row(drop) for drop in found.drops],
        "notes": [note.to_json() for note in found.notes],
    }
