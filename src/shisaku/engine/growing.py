"""A step that makes round by round, until there is enough, nothing new comes, or something stops it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.dataset import Dataset
from shisaku.core.drop import Drop
from shisaku.core.metric import Metric, State
from shisaku.core.op import Op
from shisaku.core.recipe import Enough, Step
from shisaku.core.sample import Sample
from shisaku.core.seed import key_for
from shisaku.core.transform import Transform
from shisaku.engine.draw import strata_of
from shisaku.engine.drive import Done
from shisaku.engine.ledger import Trace
from shisaku.engine.plan import Flow, Shard, distinct
from shisaku.engine.rounds import Tally, copies
from shisaku.engine.shard import PASSING, merged
from shisaku.errors import RecipeError
from shisaku.message import Message, say
from shisaku.registry.make import make_op
from shisaku.stats.vendi import vendi
from shisaku.store.codecs import decode_vector

MOST_COMPARED = 2000  # rows of the Vendi score: its time grows with the square
Cook = Callable[[Step, Op, Sequence[Flow], int], tuple[list[Shard], list[Done]]]
Keep = Callable[[Sequence[Done]], Dataset]


@dataclass(frozen=True, slots=True)
class Grown:
    """All that was cooked, a Drop for each sample made that is not wanted, the number of rounds, and why it ended."""

    shards: list[Shard]
    done: list[Done]
    drops: dict[str, Drop]
    rounds: int
    why: Message


@dataclass
class Grower:
    """Cooks the rounds of one step. `cook` cooks any op over flows for a round, `kept` opens what it left."""

    step: Step
    op: Transform
    seed: int
    cook: Cook
    kept: Keep
    _shards: list[Shard] = field(default_factory=list)
    _done: list[Done] = field(default_factory=list)
    _drops: dict[str, Drop] = field(default_factory=dict)
    _seen: list[State] = field(default_factory=list)
    _rows: dict[str, npt.NDArray[np.float32]] = field(default_factory=dict)

    def grow(self, sources: Sequence[Flow]) -> Grown:
        """Return what came of all rounds."""
        flows = distinct(self.step, sources)
        tally = Tally(self.step.want, self._classes(flows))
        self._look_at_sources(flows)
        for turn in range(self.step.rounds):
            asked = tally.next(self.step, self.seed, turn)
            if not asked:
                return self._grown(turn, say("There is as much as was wanted"))
            chosen = [replace(flow, ids=tuple(id_ for id_ in flow.ids if id_ in asked)) for flow in flows]
            shards, done = self.cook(self.step, self.op.heeding(self._earlier()), chosen, turn)
            self._shards += shards
            self._done += done
            new = self._sifted(done, turn)
            tally.count([trace.parents[0] for trace in new])
            if any((one.state or {}).get(PASSING) for one in done):
                return self._grown(turn + 1, say("A model or the budget stopped it: the same command goes on"))
            if self.step.enough is not None and self._nothing_new(self.step.enough, new, done, turn):
                return self._grown(turn + 1, say("The last round added too little that is different"))
        lacking = tally.lacking()
        if lacking and self.step.want is not None and self.step.want.label:
            short = ", ".join(f"{name}: {n}" for name, n in lacking.items())
            return self._grown(self.step.rounds, say("The rounds are used up; still lacking are {short}", short=short))
        return self._grown(self.step.rounds, say("The rounds are used up"))

    def _grown(self, rounds: int, why: Message) -> Grown:
        return Grown(self._shards, self._done, self._drops, rounds, why)

    def _classes(self, flows: Sequence[Flow]) -> dict[str, str]:
        """Return the class of every source; without a label each is a class of its own."""
        want = self.step.want
        if want is None or not want.label:
            return {id_: id_ for flow in flows for id_ in flow.ids}
        found = {id_: held[0] for flow in flows for id_, held in strata_of(flow, (want.label,)).items()}
        if found and not any(found.values()):
            raise RecipeError(
                say("No sample that {step} reads has a label or fact {name}", step=self.step.name, name=want.label),
                where=f"line {self.step.line}" if self.step.line else self.step.name,
                next=say("Name in `want.label` a label of its samples"),
            )
        return {id_: held for id_, held in found.items() if held}

    def _earlier(self) -> dict[str, list[Sample]]:
        """Return the texts that were made of each sample so far, round by round: what was a copy too."""
        if not self.op.heeds or not self._done:
            return {}
        made: dict[str, list[Sample]] = {}
        for one in self.kept(self._done):
            texts = {name: part for name, part in one.parts.items() if part.kind == "text"}
            made.setdefault(one.parents[0], []).append(replace(one, parts=texts))
        return {source: sorted(texts, key=self._turn) for source, texts in made.items()}

    def _turn(self, made: Sample) -> tuple[int, ...]:
        """Return the round in which a sample was made, and which of its children it was, as its name says."""
        return tuple(map(int, made.id.rpartition(f"/{self.step.name}.")[2].split(".")))

    def _look_at_sources(self, flows: Sequence[Flow]) -> None:
        if self.step.fresh is not None:
            self._measure(flows, -1)

    def _measure(self, flows: Sequence[Flow], turn: int) -> None:
        fresh, metric = self._fresh()
        _, done = self.cook(Step(f"{self.step.name}.fresh", fresh, self.step.source), metric, flows, turn)
        self._seen += [one.state for one in done if one.state is not None]

    def _fresh(self) -> tuple[str, Metric]:
        fresh = self.step.fresh
        op = make_op(fresh.op, fresh.params, self.step.line) if fresh is not None else None
        if fresh is None or not isinstance(op, Metric):
            raise RecipeError(say("`fresh` needs a Metric that finds copies"), where=self.step.name)
        return fresh.op, op

    def _sifted(self, done: Sequence[Done], turn: int) -> list[Trace]:
        """Return what of a round is new, and note a Drop for the rest of it."""
        made = [trace for one in done for trace in one.made]
        if self.step.fresh is None or not made:
            return made
        name, metric = self._fresh()
        ids = tuple(sorted(trace.id for trace in made))
        self._measure([self._flow(done, ids)], turn)
        state = merged(metric, self._seen)
        self._seen = [state] if state is not None else []
        gone = set(self._drops)
        scores = [one for one in metric.scores(state) if one.sample not in gone] if state is not None else []
        drops = copies(self.step.name, name, scores, frozenset(ids))
        self._drops |= drops
        return [trace for trace in made if trace.id not in drops]

    def _nothing_new(self, enough: Enough, new: Sequence[Trace], done: Sequence[Done], turn: int) -> bool:
        """Say whether the effective number of different things grew by less than the share that is asked for."""
        before = self._different()
        self._rows |= self._features(enough, new, done, turn)
        return before > 0 and self._different() < before * (1.0 + enough.gain)

    def _features(
        self, enough: Enough, new: Sequence[Trace], done: Sequence[Done], turn: int
    ) -> dict[str, npt.NDArray[np.float32]]:
        op = make_op(enough.op, enough.params, self.step.line)
        part = next((name for name, kind in op.writes_parts().items() if kind == "embedding"), "")
        if not isinstance(op, Transform) or op.makes != "views" or not part:
            raise RecipeError(say("`enough` needs an op that adds an embedding"), where=self.step.name)
        if not new:
            return {}
        flow = self._flow(done, tuple(sorted(trace.id for trace in new)))
        _, cooked = self.cook(Step(f"{self.step.name}.enough", enough.op, self.step.source), op, [flow], turn)
        return {sample.id: decode_vector(sample.parts[part]) for sample in self.kept(cooked)}

    def _different(self) -> float:
        ids = sorted(self._rows, key=lambda id_: key_for(self.seed, self.step.name, id_))[:MOST_COMPARED]
        rows = np.array([self._rows[id_] for id_ in ids])
        return float(vendi(rows)) if len(ids) else 0.0

    def _flow(self, done: Sequence[Done], ids: tuple[str, ...]) -> Flow:
        dataset: Any = self.kept(done)
        return Flow(self.step.name, dataset.fingerprint, dataset, ids)
