"""Cooks the shards of a step in threads, each through the cache: what was made before is not made again.

Threads, because models and image code let go of Python's lock while they work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from shisaku.core.drop import Drop
from shisaku.core.metric import Metric, State
from shisaku.core.op import Op
from shisaku.core.progress import Progress
from shisaku.core.recipe import Step
from shisaku.core.sample import Sample
from shisaku.core.transform import Transform
from shisaku.engine.ledger import Trace
from shisaku.engine.plan import SHARD, Flow, Shard
from shisaku.engine.shard import PASSING, cook_shard
from shisaku.engine.sound import sound_seconds
from shisaku.engine.trace import Origin
from shisaku.models.desk import Desk, at
from shisaku.store.cache import StepCache
from shisaku.store.shard import ShardResult


@dataclass(frozen=True, slots=True)
class Done:
    """What stays in memory of a cooked shard: no media. `audio_seconds` is None where it is not known."""

    shard: Shard
    made: tuple[Trace, ...]
    drops: tuple[Drop, ...]
    state: State | None
    seconds: float
    audio_seconds: float | None
    cached: bool


class Larder:
    """The samples of a pool or reference, read once and only when the first shard needs them."""

    def __init__(self, flow: Flow | None) -> None:
        self.flow = flow
        self._lock = threading.Lock()
        self._samples: list[Sample] | None = None

    def samples(self) -> list[Sample] | None:
        """Return the samples in the order of their ids, None where no such stream was named."""
        if self.flow is None:
            return None
        with self._lock:
            if self._samples is None:
                self._samples = self.flow.dataset.take(self.flow.ids)
            return list(self._samples)


@dataclass(frozen=True)
class Work:
    """A step with all that its shards share."""

    step: Step
    op: Op
    origin: Origin
    pool: Larder
    reference: Larder
    cache: StepCache
    desk: Desk

    def cook(self, shard: Shard) -> Done:
        """Return the shard from the cache, or cook it and put it there."""
        found = self.cache.get(shard.key, shard.name)
        if found is not None and not self._may_pass(found):
            return self._done(shard, found, cached=True)
        samples = self._taken(shard)
        pool, reference = self.pool.samples(), self.reference.samples()
        began = time.perf_counter()
        with at(self.desk, self.step.name):
            result = cook_shard(self.op, self.step, self.origin, samples, pool, reference, round=shard.round)
        seconds = time.perf_counter() - began
        result = replace(result, seconds=seconds, audio_seconds=sound_seconds(self.op, samples, result.samples))
        self.cache.put(shard.key, shard.name, result)
        return self._done(shard, result, cached=False)

    def _taken(self, shard: Shard) -> list[Sample]:
        """Return the samples of a shard; of a large one only the parts that its Metric reads are in memory at once."""
        if len(shard.ids) <= SHARD or not isinstance(self.op, Metric):
            return shard.source.dataset.take(shard.ids)
        read = self.op.reads_parts()
        return [
            replace(sample, parts={name: part for name, part in sample.parts.items() if name in read})
            for begin in range(0, len(shard.ids), SHARD)
            for sample in shard.source.dataset.take(shard.ids[begin : begin + SHARD])
        ]

    def _may_pass(self, found: ShardResult) -> bool:
        """Say whether something in a kept shard failed for a cause that may be gone; then it is cooked again."""
        return isinstance(self.op, Transform) and bool((found.state or {}).get(PASSING))

    def _done(self, shard: Shard, result: ShardResult, cached: bool) -> Done:
        made = tuple(Trace(s.id, s.parents, s.depth) for s in result.samples)
        state = None if result.state is None else dict(result.state)
        sound = result.audio_seconds
        if sound is None:
            sound = sound_seconds(self.op, None, result.samples)
        return Done(shard, made, result.drops, state, result.seconds, sound, cached)


def cook_shards(work: Work, shards: Sequence[Shard], workers: int, progress: Progress) -> list[Done]:
    """Return every shard cooked, in the order given, whatever the order in which they were done.

    If one fails or the user interrupts, those in flight are finished and kept, the others are not begun, and
    the error goes on.
    """
    total = sum(len(shard.ids) for shard in shards)
    progress(work.step.name, 0, total)
    done: dict[int, Done] = {}
    items = 0
    executor = ThreadPoolExecutor(workers, thread_name_prefix=work.step.name)
    try:
        futures = {executor.submit(work.cook, shard): place for place, shard in enumerate(shards)}
        for future in as_completed(futures):
            done[futures[future]] = future.result()
            items += len(shards[futures[future]].ids)
            progress(work.step.name, items, total)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
    return [done[place] for place in range(len(shards))]
