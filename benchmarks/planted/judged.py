"""Which faults a judge of made samples should find."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from planted.fault import Fault
from planted.hop import HopFault
from planted.measure import _entry
from planted.whole import WholeFault
from shisaku.judging.judge import UNSEATED, judges
from shisaku.registry.doors import OPS, names
from shisaku.registry.make import make_op


def is_judged(fault: Fault | WholeFault | HopFault) -> bool:
    """Whether the fault is planted for a judge: for its op, as the judges ask it.

    What an audit asks of the same op in another way (copies between splits) says nothing about the judge.
    """
    if isinstance(fault, HopFault):
        return True
    entry = _entry(fault)
    asked = _asked(entry.op, entry.params)
    return entry.op in UNSEATED or any(_asked(entry.op, params) == asked for params in _params().get(entry.op, ()))


@cache
def _params() -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in judges(names(OPS))[0]:
        if not one.view:
            found.setdefault(one.op, []).append(one.params)
    return found


def _asked(op: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return all parameters but the names of parts."""
    made = make_op(op, {name: value for name, value in params.items() if not str(value).startswith("@")})
    return {name: value for name, value in made.params().items() if name not in made.reads}
