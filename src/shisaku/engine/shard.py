"""Cooking one shard: a pure function of an op, a step, its origin and samples, and the only place where ops are called.

An op may raise on a sample or break its promises. The shard is then cooked again one sample at a time, so
that exactly those samples become Drops with the error's class and words, and nothing vanishes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from shisaku.core.drop import Drop
from shisaku.core.metric import Metric, State
from shisaku.core.op import Op
from shisaku.core.recipe import Step
from shisaku.core.sample import Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Transform
from shisaku.engine.outcome import Accepted, BrokenPromiseError, accepted
from shisaku.engine.trace import Maker, Origin
from shisaku.errors import ContaminationError, MachineError, RecipeError, ShisakuError
from shisaku.message import Message, say
from shisaku.store.shard import ShardResult

# Not the fault of one sample: these stop the run, and what is done is kept.
FATAL = (RecipeError, MachineError, ContaminationError)
LONGEST_CAUSE = 300
PASSING = "passing"  # in the state of what a Transform made: so many drops may be gone at the next try

Made = TypeVar("Made")


def cook_shard(
    op: Op,
    step: Step,
    origin: Origin,
    samples: Sequence[Sample],
    pool: Sequence[Sample] | None = None,
    reference: Sequence[Sample] | None = None,
    *,
    round: int = 0,
) -> ShardResult:
    """Return what `op` makes of `samples`, or measures on them, with a Drop for each that it cannot handle.

    A Transform gets for every sample the rng of (seed, ``step#round``, sample id), and what it makes gets its
    trace. Raises what the op raises
    of RecipeError, MachineError and ContaminationError.
    """
    if isinstance(op, Transform):
        return _transformed(op, step, origin, samples, pool, round)
    if isinstance(op, Metric):
        return _measured(op, step, samples, reference)
    raise MachineError(say("{name} is neither a Transform nor a Metric", name=op.name))


def _transformed(
    op: Transform, step: Step, origin: Origin, samples: Sequence[Sample], pool: Sequence[Sample] | None, round: int
) -> ShardResult:
    maker = Maker(op, step.name, round, origin)

    def apply(batch: Sequence[Sample]) -> list[Accepted]:
        # Made anew for every try: a generator that was used before would give other numbers.
        rngs = [rng_for(origin.seed, f"{step.name}#{round}", sample.id) for sample in batch]
        outcomes = op.apply(batch, rngs, pool)
        if len(outcomes) != len(batch):
            raise BrokenPromiseError(say("It gave {got} outcomes for {n} samples", got=len(outcomes), n=len(batch)))
        pairs = zip(batch, outcomes, strict=True)
        return [_signed(accepted(outcome, s, op, step.name, round), s, maker, pool) for s, outcome in pairs]

    made: list[Sample] = []
    drops: list[Drop] = []
    passing = 0
    for part, result in _patiently(apply, samples):
        if isinstance(result, Message):
            drops += [Drop(sample.id, step.name, op.name, result) for sample in part]
            continue
        for outcome in result:
            made += outcome.made
            drops += [Drop(name, step.name, op.name, reason) for name, reason in outcome.lost]
            passing += outcome.passing
    return ShardResult(samples=tuple(made), drops=tuple(drops), state={PASSING: passing} if passing else None)


def _signed(one: Accepted, source: Sample, maker: Maker, pool: Sequence[Sample] | None) -> Accepted:
    return replace(one, made=tuple(maker.signed(made, source, pool or ()) for made in one.made))


def _measured(op: Metric, step: Step, samples: Sequence[Sample], reference: Sequence[Sample] | None) -> ShardResult:
    def measure(batch: Sequence[Sample]) -> State:
        state = op.measure(batch, reference)
        if op.together:
            return state
        # A sample that was measured but cannot be scored shows here, where it can still be told apart.
        scored = [score.sample for score in op.scores(state)]
        if len(set(scored)) != len(scored) or not {sample.id for sample in batch}.issuperset(scored):
            raise BrokenPromiseError(say("It scored a sample twice, or one that it was not given"))
        return state

    states: list[State] = []
    drops: list[Drop] = []
    for part, result in _patiently(measure, samples):
        if isinstance(result, Message):
            drops += [Drop(sample.id, step.name, op.name, result) for sample in part]
        else:
            states.append(result)
    return ShardResult(drops=tuple(drops), state=merged(op, states))


def merged(op: Metric, states: Sequence[State]) -> State | None:
    """Return the states joined in their order, pair by pair so that long ones are copied seldom; None of none."""
    while len(states) > 1:
        pairs = [states[i : i + 2] for i in range(0, len(states), 2)]
        states = [op.merge(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return states[0] if states else None


def _patiently(
    work: Callable[[Sequence[Sample]], Made], samples: Sequence[Sample]
) -> list[tuple[Sequence[Sample], Made | Message]]:
    """Work on all samples in one call; if that raises, on each alone, and say what happened to it."""
    if not samples:
        return []
    try:
        return [(samples, work(samples))]
    except FATAL:
        raise
    except Exception as error:  # noqa: BLE001 an op may raise anything, and no row may be lost by it
        if len(samples) == 1:
            return [(samples, _cause(error))]
    return [pair for sample in samples for pair in _patiently(work, [sample])]


def _cause(error: Exception) -> Message:
    if isinstance(error, ShisakuError):
        return error.what
    if isinstance(error, BrokenPromiseError):
        return error.what
    words = " ".join(str(error).encode("utf-8", "replace").decode().split())[:LONGEST_CAUSE]
    return say("{error}: {cause}", error=type(error).__name__, cause=words or "-")
