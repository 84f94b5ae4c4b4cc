"""What an op must do, and samples that no op can use."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from shisaku.core.op import Op
from shisaku.core.sample import Part, Sample
from shisaku.errors import ShisakuError

BROKEN_BYTES = b"\xff\xfe\x00"  # no PNG, no WAV, no UTF-8, no whole float32


class ContractError(AssertionError):
    """An op does not do what every op must do: which op, which duty."""

    def __init__(self, op: str, duty: str) -> None:
        super().__init__(f"{op} {duty}")
        self.op = op
        self.duty = duty

    def __reduce__(self) -> tuple[type[ContractError], tuple[str, str]]:
        return type(self), (self.op, self.duty)


def must(kept: bool, op: Op, duty: str) -> None:
    """Raise ContractError unless the duty is kept."""
    if not kept:
        raise ContractError(op.name, duty)


def must_refuse(call: Callable[[], object], op: Op, duty: str) -> None:
    """Raise ContractError unless the call raises a ShisakuError."""
    try:
        call()
    except ShisakuError:
        return
    raise ContractError(op.name, duty)


def poisoned(op: Op, good: Sample) -> list[Sample]:
    """Return samples without the parts an op reads, and with such parts of another kind, broken, or empty.

    What reads no part (labels, facts) can use them all: there are none.
    """
    reads = op.reads_parts()
    if not reads:
        return []
    cases = {
        "missing": {},
        "wrong": {name: Part("table" if kind == "points" else "points", b"") for name, kind in reads.items()},
        "broken": {name: Part(kind, BROKEN_BYTES) for name, kind in reads.items()},
    }
    if "text" not in reads.values():  # an empty text can be a fact: nothing was heard
        cases["empty"] = {name: Part(kind, b"") for name, kind in reads.items()}
    return [dataclasses.replace(good, id=f"{good.id}~{case}", parts=parts) for case, parts in cases.items()]


def bare(op: Op, sample: Sample) -> Sample:
    """Return the sample with nothing but the parts that an op says it reads or takes along."""
    declared = {**op.reads_parts(), **op.follows_parts()}
    return dataclasses.replace(sample, parts={name: part for name, part in sample.parts.items() if name in declared})
