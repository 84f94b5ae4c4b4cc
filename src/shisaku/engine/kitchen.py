"""Cooks one recipe, stream by stream: opens selections, runs steps, sifts by keep-rules, links all of it in the Run."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from shisaku.core.dataset import Dataset
from shisaku.core.drop import Drop
from shisaku.core.identity import fingerprint
from shisaku.core.metric import Metric
from shisaku.core.op import Op
from shisaku.core.progress import Progress
from shisaku.core.recipe import ROOT, Keep, Recipe, Step
from shisaku.core.sample import Sample
from shisaku.core.transform import Transform
from shisaku.engine.costs import Costs
from shisaku.engine.draw import drawn
from shisaku.engine.drive import Done, Larder, Work, cook_shards
from shisaku.engine.growing import Grower
from shisaku.engine.ledger import Asked, Ledger
from shisaku.engine.plan import Flow, Shard, shards_of, step_key
from shisaku.engine.shard import PASSING, merged
from shisaku.engine.sift import OP, control, sift
from shisaku.engine.told import told_of, unmeasured
from shisaku.engine.trace import Origin
from shisaku.engine.weights import asks_of, models_of
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.desk import Desk
from shisaku.registry.make import make_op
from shisaku.registry.streams import CONTROL
from shisaku.store.cache import StepCache
from shisaku.store.datasets import LanceDataset, ShardDataset, write_dataset, write_shards
from shisaku.store.run import Run


@dataclass
class Kitchen:
    """The streams that are ready (`flows`), the scores by metric step, and the tables so far."""

    recipe: Recipe
    run: Run
    cache: StepCache
    workers: int
    shard_size: int
    progress: Progress
    desk: Desk = field(default_factory=Desk)
    flows: dict[str, Flow] = field(default_factory=dict)
    scores: dict[str, dict[str, float]] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    costs: Costs = field(default_factory=Costs)
    passing: int = 0
    rounds: dict[str, Any] = field(default_factory=dict)

    def open(self, dataset: Dataset, chosen: Mapping[str, tuple[str, ...]], earlier: Sequence[Drop]) -> None:
        """Make flows of ``data`` and its selections; `earlier` are the Drops of those who never came in."""
        for name, ids in chosen.items():
            self._flow(Flow(name, dataset.fingerprint, dataset, ids))
        read = len(chosen[ROOT]) + len(earlier)
        self.ledger.count(ROOT, self.recipe.data.reader, "", len(chosen[ROOT]), earlier, Asked(read, read))

    def cook(self, work: Step | Keep) -> None:
        """Cook a step or apply a keep-rule whose streams are ready."""
        if isinstance(work, Keep):
            self._keep(work)
            return
        op = make_op(work.op, work.params, work.line)
        whole = [self.flows[name] for name in work.source]
        sources = drawn(work, self.recipe.seed, whole)
        asked = Asked(_different(sources), _different(whole))
        pool, reference = self._needed(work, work.pool), self._needed(work, work.reference)
        origin = Origin(self.recipe.seed, models_of(op, self.desk), self.recipe.policy.name)
        beside = _Beside(work, Larder(pool), Larder(reference), origin)
        if isinstance(op, Transform) and (work.want or work.fresh or work.enough or op.heeds):
            self._grow(work, op, sources, beside, asked)
            return
        shards, done = self._cooked(work, op, sources, beside, None)
        if isinstance(op, Metric):
            self._score(work, op, done, asked)
        elif isinstance(op, Transform):
            self._gather(work, op, done, step_key(shards, sources), asked)

    def _cooked(
        self, step: Step, op: Op, sources: Sequence[Flow], beside: _Beside, turn: int | None
    ) -> tuple[list[Shard], list[Done]]:
        """Cook an op over flows, for one round or all, and note the time under its step's name."""
        shards = shards_of(
            step,
            op,
            self.recipe.seed,
            sources,
            beside.pool.flow,
            beside.reference.flow,
            weights=beside.origin.models,
            policy=self._policy(op),
            size=self.shard_size,
            turns=None if turn is None else (turn,),
        )
        began = time.perf_counter()
        work = Work(step, op, beside.origin, beside.pool, beside.reference, self.cache, self.desk)
        done = cook_shards(work, shards, self._width(op), self.progress)
        self._count_time(step, op, done, time.perf_counter() - began)
        return shards, done

    def _policy(self, op: Op) -> str:
        """Return what of the policy decides what comes of an op: all of it where a server is asked."""
        served = any(self.desk.back_end(role, name).way == "openai" for role, name in asks_of(op))
        return fingerprint(asdict(self.recipe.policy)) if served else self.recipe.policy.name

    def _grow(self, step: Step, op: Transform, sources: Sequence[Flow], beside: _Beside, asked: Asked) -> None:
        def cook(own: Step, what: Op, flows: Sequence[Flow], turn: int) -> tuple[list[Shard], list[Done]]:
            if own is step:
                return self._cooked(own, what, flows, beside, turn)
            origin = Origin(self.recipe.seed, models_of(what, self.desk), self.recipe.policy.name)
            # A judge of a round looks at each sample once: its own round is always the first.
            return self._cooked(own, what, flows, _Beside(own, Larder(None), Larder(None), origin), 0)

        grown = Grower(step, op, self.recipe.seed, cook, self._dataset).grow(sources)
        self.rounds[step.name] = {"rounds": grown.rounds, "why": grown.why.with_text()}
        self._gather(step, op, grown.done, step_key(grown.shards, sources), asked, grown.drops)

    def _dataset(self, done: Sequence[Done]) -> ShardDataset:
        return ShardDataset(self.cache.path(one.shard.key, one.shard.name) for one in done if one.made)

    def _width(self, op: Op) -> int:
        """Return how many shards to cook at once: more where somebody else does the work, so that nobody waits."""
        asked_at_once = max((self.desk.width(role, name) for role, name in asks_of(op)), default=1)
        if asked_at_once == 1:
            return self.workers
        # One more than fills the endpoint: while one shard is stored the next must be asked already.
        return max(self.workers, -(-asked_at_once // min(self.shard_size, op.batch or self.shard_size)) + 1)

    def _needed(self, step: Step, name: str) -> Flow | None:
        """Return the pool or reference of that name. Raises DataError if it is empty."""
        if not name:
            return None
        if not self.flows[name].ids:
            raise DataError(
                say("The stream {name}, which {step} needs, is empty", name=name, step=step.name),
                where=f"line {step.line}" if step.line else step.name,
                next=say("Look at the run's drops: everything in it left"),
            )
        return self.flows[name]

    def _gather(
        self,
        step: Step,
        op: Transform,
        done: Sequence[Done],
        key: str,
        asked: Asked,
        sifted: Mapping[str, Drop] = MappingProxyType({}),
    ) -> None:
        made = [trace for one in done for trace in one.made]
        drops = [*(drop for one in done for drop in one.drops), *(sifted[id_] for id_ in sorted(sifted))]
        self.passing += sum(int((one.state or {}).get(PASSING, 0)) for one in done)
        self.ledger.count(step.name, op.name, ", ".join(step.source), len(made) - len(sifted), drops, asked)
        if op.makes != "views":
            self.ledger.descend(step, op, made)
        flow = Flow(step.name, key, self._dataset(done), tuple(sorted({trace.id for trace in made} - sifted.keys())))
        if sifted:
            self._flow(flow)
            return
        self.flows[step.name] = flow
        self._link_shards(step.name, self._dataset(done))

    def _score(self, step: Step, op: Metric, done: Sequence[Done], asked: Asked) -> None:
        """Merge the states in the order of the shards and score the whole."""
        state = merged(op, [one.state for one in done if one.state is not None])
        given = {id_ for one in done for id_ in one.shard.ids}
        drops = [drop for one in done for drop in one.drops]
        scores, findings = ([], []) if state is None else told_of(op, step, state, given)
        drops += unmeasured(op, step, given, scores, drops)
        self.scores[step.name] = {score.sample: score.value for score in scores}
        self.ledger.score(step.name, scores)
        self.ledger.find(step.name, op.name, findings)
        self.ledger.count(step.name, op.name, ", ".join(step.source), len(scores), drops, asked)

    def _keep(self, keep: Keep) -> None:
        source = self.flows[keep.source]
        kept = sift(keep, source.ids, self.scores, self.recipe.seed)
        random = control(keep, source.ids, len(kept.kept), self.recipe.seed)
        for name, sifted in ((keep.name, kept), (keep.name + CONTROL, random)):
            self._flow(Flow(name, source.key, source.dataset, sifted.kept))
            asked = Asked(len(source.ids), len(source.ids))
            self.ledger.count(name, OP, keep.source, len(sifted.kept), sifted.drops, asked)

    def _flow(self, flow: Flow) -> None:
        """Make a part of another stream a stream of its own, kept in the run."""
        self.flows[flow.name] = flow
        whole = flow.dataset if len(flow.ids) == len(flow.dataset) else None
        if isinstance(whole, ShardDataset):
            self._link_shards(flow.name, whole)
        elif isinstance(whole, LanceDataset):
            self.run.link_stream(flow.name, whole.path, len(whole), whole.fingerprint)
        else:
            place = self._place(f"{flow.name}-{flow.fingerprint[:12]}")
            stored = LanceDataset(place) if place.exists() else write_dataset(place, self._samples(flow))
            self.run.link_stream(flow.name, place, len(stored), stored.fingerprint)

    def _samples(self, flow: Flow) -> Iterator[Sample]:
        for begin in range(0, len(flow.ids), self.shard_size):
            yield from flow.dataset.take(flow.ids[begin : begin + self.shard_size])

    def _link_shards(self, name: str, shards: ShardDataset) -> None:
        place = self._place(f"{name}.json")
        write_shards(place, shards)
        self.run.link_stream(name, place, len(shards), shards.fingerprint)

    def _place(self, name: str) -> Path:
        return self.run.path / "streams" / name

    def _count_time(self, step: Step, op: Op, done: Sequence[Done], wall: float) -> None:
        items = sum(len(one.shard.ids) for one in done)
        cached = sum(len(one.shard.ids) for one in done if one.cached)
        sound = [one.audio_seconds for one in done if one.audio_seconds is not None]
        known = sum(sound) if len(sound) == len(done) else None
        self.ledger.time(step.name, op.name, items, sum(one.seconds for one in done), cached, known)
        fresh = [one for one in done if not one.cached]
        size = sum(self.cache.path(one.shard.key, one.shard.name).stat().st_size for one in fresh)
        self.costs.note(op.name, items - cached, wall, size)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a step's work needs beside its sources."""

    step: Step
    pool: Larder
    reference: Larder
    origin: Origin


def _different(flows: Sequence[Flow]) -> int:
    return len({id_ for flow in flows for id_ in flow.ids})
