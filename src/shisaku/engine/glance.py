"""Measure records where they are decoded: nothing is kept but states, so that a first look costs little more than it.

Records travel to the sandbox workers in batches; each decodes them, runs the metrics and sends back states. A batch
that kills or hangs its worker is done again record by record, so that it costs the row that did it and no more.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from shisaku.core.drop import Drop, Failure
from shisaku.core.identity import fingerprint
from shisaku.core.metric import Metric, State
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import ROOT, Step
from shisaku.engine.shard import merged
from shisaku.registry.make import make_op
from shisaku.store.arrow import drop_from_row
from shisaku.store.assembly import OP
from shisaku.store.cache import StepCache
from shisaku.store.job import Job
from shisaku.store.limits import Limits
from shisaku.store.readers.reader import Record
from shisaku.store.sandbox import Sandbox
from shisaku.store.sent import record_to_plain
from shisaku.store.shard import ShardResult
from shisaku.store.state import state_from_json, state_to_json

MEASURER = "shisaku.engine.glancing:measure"
VERSION = 2
BATCH = 64
BATCH_BYTES = 8 << 20
AHEAD = 3  # batches in flight per worker


@dataclass
class Glance:
    """What came of it: the state of each step, a row per sample, drops of each step, and seconds by step."""

    states: dict[str, State | None] = field(default_factory=dict)
    roll: list[dict[str, Any]] = field(default_factory=list)
    drops: list[Drop] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def glance(
    records: Iterable[Record],
    n: int,
    steps: Sequence[Step],
    key: str,
    cache: StepCache,
    *,
    limits: Limits | None = None,
    workers: int = 2,
    progress: Progress = silent,
    measurer: str = MEASURER,
) -> Glance:
    """Decode `n` records in worker processes and measure them there with the metrics of `steps`, all reading ``data``.

    `measurer` is the ``module:function`` that the workers call. `key` says what the records are; batches that an
    earlier call measured are read from `cache`.
    Records = rows of the roll + drops of ``data``. Raises MachineError.
    """
    limits = limits or Limits()
    ops = {step.name: cast("Metric", make_op(step.op, step.params)) for step in steps}
    # Steps that differ in thresholds alone are measured once: a worker knows what is measured by its fingerprint.
    alike: dict[str, list[Step]] = {}
    for step in steps:
        alike.setdefault(ops[step.name].fingerprint, []).append(step)
    errand = state_to_json([[mark, some[0].op, dict(some[0].params)] for mark, some in alike.items()])
    found = Glance()
    states: dict[str, list[State]] = {mark: [] for mark in alike}
    done = 0
    progress(ROOT, 0, n)
    with Sandbox(limits, workers, measurer) as box, ThreadPoolExecutor(workers) as threads:
        work = _Work(box, errand, f"glance-{fingerprint(VERSION, key, asdict(limits), sorted(alike))}", cache)
        for batch, result in _in_order(threads, work, _batches(records), AHEAD * workers):
            for told in (result.state or {}).get("told", ()):
                measured, rest = json.loads(told)
                for mark, state in state_from_json(measured).items():
                    states[mark].append(state)
                for mark, seconds in rest["seconds"].items():
                    first = alike[mark][0].name
                    found.seconds[first] = found.seconds.get(first, 0.0) + seconds
                found.roll += rest["roll"]
                found.drops += [one for row in rest["drops"] for one in _for_all(drop_from_row(row), alike)]
            found.drops += result.drops
            done += len(batch)
            progress(ROOT, done, n)
    for mark, some in alike.items():
        state = merged(ops[some[0].name], states[mark])
        found.states |= {step.name: state for step in some}
    return found


def _for_all(drop: Drop, alike: Mapping[str, Sequence[Step]]) -> list[Drop]:
    """Return the drop in all steps that measure alike, or the one of a record that could not be decoded."""
    return [replace(drop, step=step.name) for step in alike[drop.step]] if drop.step in alike else [drop]


@dataclass(frozen=True)
class _Work:
    box: Sandbox
    errand: str
    step: str
    cache: StepCache

    def measured(self, batch: Sequence[Record]) -> ShardResult:
        """Return the states of a batch, from the cache or from a worker."""
        name = fingerprint([record.id for record in batch])
        result = self.cache.get(self.step, name)
        if result is None:
            result = self._asked(batch)
            self.cache.put(self.step, name, result)
        return result

    def _asked(self, batch: Sequence[Record]) -> ShardResult:
        told = self.box.decode(Job("glance", self._letter(batch)))
        if not isinstance(told, Failure):
            return ShardResult(state={"told": [told.data]})
        if len(batch) == 1:
            return ShardResult(drops=(Drop(batch[0].id, ROOT, OP, told.reason),))
        singly = [self._asked([record]) for record in batch]
        drops = tuple(drop for result in singly for drop in result.drops)
        return ShardResult(
            drops=drops, state={"told": [one for r in singly for one in (r.state or {}).get("told", ())]}
        )

    def _letter(self, batch: Sequence[Record]) -> bytes:
        return json.dumps([self.errand, [record_to_plain(record) for record in batch]]).encode()


def _in_order(
    threads: ThreadPoolExecutor, work: _Work, batches: Iterator[list[Record]], ahead: int
) -> Iterator[tuple[list[Record], ShardResult]]:
    waiting: deque[tuple[list[Record], Future[ShardResult]]] = deque()
    for batch in batches:
        waiting.append((batch, threads.submit(work.measured, batch)))
        if len(waiting) >= ahead:
            first, future = waiting.popleft()
            yield first, future.result()
    while waiting:
        first, future = waiting.popleft()
        yield first, future.result()


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Cut into batches by number and by the bytes that travel or lie in files."""
    batch: list[Record] = []
    size = 0
    for record in records:
        batch.append(record)
        size += sum(_size(part.source) for part in record.parts.values())
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _size(source: Path | str | bytes) -> int:
    if isinstance(source, Path):
        try:
            return source.stat().st_size
        except OSError:
            return 0
    return len(source)
