"""What is to be cooked, in shards that have a name: the same work has the same key wherever and whenever it is done.

A key is made from what determines a result and nothing else. Selections and keep-rules change *which* samples
flow on, not what they are, so they bear the key of their source: another threshold makes nothing anew upstream,
and downstream only the shards that hold other samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from shisaku.core.dataset import Dataset
from shisaku.core.identity import fingerprint
from shisaku.core.metric import Metric
from shisaku.core.op import Op
from shisaku.core.recipe import Step
from shisaku.engine.trace import SCHEMA as TRACE
from shisaku.errors import RecipeError
from shisaku.message import say

SHARD = 32
WHOLE_SETS = 1024  # samples of a shard whose state holds the whole reference again


@dataclass(frozen=True)
class Flow:
    """A stream that is ready: its samples (among those of `dataset`) and the key of what they are.

    `key` and an id determine a sample's content; `ids` are sorted.
    """

    name: str
    key: str
    dataset: Dataset
    ids: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Changes with any sample of the stream."""
        return fingerprint(self.key, self.ids)


@dataclass(frozen=True)
class Shard:
    """A slice of one source for one round: `key` and `name` are its address in the cache."""

    key: str
    source: Flow
    ids: tuple[str, ...]
    round: int

    @property
    def name(self) -> str:
        """Names the samples in it."""
        return fingerprint(self.ids)


def shards_of(
    step: Step,
    op: Op,
    seed: int,
    sources: Sequence[Flow],
    pool: Flow | None = None,
    reference: Flow | None = None,
    *,
    weights: Mapping[str, str] = MappingProxyType({}),
    policy: str = "",
    size: int = SHARD,
    turns: Sequence[int] | None = None,
) -> list[Shard]:
    """Cut a step into shards of `size` samples, round by round, sources in their order.

    An op may ask for smaller ones (`Op.batch`), and one that sets a whole batch beside a whole reference gets larger
    ones, since the reference is in the state of each; `turns` are the rounds, all unless given. `weights` are
    the hashes of the models behind the op, `policy` the recipe's. A sample that flows in through two sources is cooked
    once. Raises RecipeError if it has two forms.
    """
    shards: list[Shard] = []
    size = _size(op, size)
    wanted = distinct(step, sources)
    for turn in range(step.rounds) if turns is None else turns:
        for source in wanted:
            key = fingerprint(
                op.fingerprint,
                weights,
                policy,
                TRACE,
                step.name,
                seed,
                turn,
                source.key,
                pool.fingerprint if pool else "",
                reference.fingerprint if reference else "",
            )
            shards += [Shard(key, source, source.ids[i : i + size], turn) for i in range(0, len(source.ids), size)]
    return shards


def _size(op: Op, size: int) -> int:
    if isinstance(op, Metric) and op.together and "reference" in op.needs:
        return max(size, WHOLE_SETS)
    return min(size, op.batch or size)


def step_key(shards: Sequence[Shard], sources: Sequence[Flow]) -> str:
    """Return the key of the stream that a step makes: with a sample's id it determines the sample."""
    keys = sorted({shard.key for shard in shards}) or [source.key for source in sources]
    return fingerprint("step", keys)


def distinct(step: Step, sources: Sequence[Flow]) -> list[Flow]:
    """Return the sources with every sample in the first that has it. Raises RecipeError for one in two forms."""
    seen: dict[str, str] = {}
    wanted: list[Flow] = []
    for source in sources:
        clash = next((sample for sample in source.ids if seen.get(sample, source.key) != source.key), None)
        if clash is not None:
            raise RecipeError(
                say("{step} reads sample {sample} in two forms", step=step.name, sample=clash),
                where=f"line {step.line}" if step.line else step.name,
                next=say("Of a stream and a stream that adds parts to it, name only one in `from`"),
            )
        wanted.append(replace(source, ids=tuple(sample for sample in source.ids if sample not in seen)))
        seen |= dict.fromkeys(source.ids, source.key)
    return wanted
