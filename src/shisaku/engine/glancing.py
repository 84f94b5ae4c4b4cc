"""The worker's side of a glance: decode some records, run metrics over them, send back states. Runs in the sandbox."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from pathlib import Path
from typing import cast

from shisaku.core.drop import Drop
from shisaku.core.metric import Metric, State
from shisaku.core.recipe import Step
from shisaku.engine.shard import cook_shard, merged
from shisaku.engine.trace import Origin
from shisaku.registry.make import make_op
from shisaku.store.arrow import drop_row
from shisaku.store.assembly import decode_records
from shisaku.store.decoded import Decoded
from shisaku.store.inline import InlineDecoder
from shisaku.store.limits import Limits
from shisaku.store.roll import roll_row
from shisaku.store.sent import record_from_plain
from shisaku.store.state import state_from_json, state_to_json

NOBODY = Origin(0, {}, "")


def measure(_task: str, letter: Path | bytes, limits: Limits, _span: object = None) -> Decoded:
    """Return the states, drops, seconds and roll of the records in `letter`. Raises MemoryError."""
    if isinstance(letter, Path):
        raise TypeError("a letter is bytes")
    errand, records = json.loads(letter)
    ops = _ops(errand)
    states: dict[str, list[State]] = {step.name: [] for step, _ in ops}
    seconds = dict.fromkeys(states, 0.0)
    drops: list[Drop] = []
    roll: list[dict[str, object]] = []
    # Sample by sample: what one metric had decoded is still at hand for the next, and no more than one is held.
    for held in records:
        result = decode_records([record_from_plain(held)], InlineDecoder(limits))
        drops += result.drops
        roll += [roll_row(sample) for sample in result.samples]
        for step, op in ops:
            began = time.perf_counter()
            measured = cook_shard(op, step, NOBODY, result.samples)
            seconds[step.name] += time.perf_counter() - began
            drops += measured.drops
            states[step.name] += [dict(measured.state)] if measured.state is not None else []
    joined = {step.name: merged(op, states[step.name]) for step, op in ops if states[step.name]}
    # All but the states is JSON as it stands.
    rest = {"seconds": seconds, "roll": roll, "drops": [drop_row(drop) for drop in drops]}
    return Decoded(json.dumps([state_to_json(joined), rest]).encode())


@lru_cache(maxsize=1)
def _ops(errand: str) -> list[tuple[Step, Metric]]:
    """Return the metrics of an errand, which is the same for all batches of a glance."""
    return [(Step(name, op, ()), cast("Metric", make_op(op, params))) for name, op, params in state_from_json(errand)]
