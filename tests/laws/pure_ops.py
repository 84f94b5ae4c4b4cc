"""Tiny ops over numbers written as text: pure, quick, and able to misbehave on chosen samples."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.metric import Metric, State
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.score import Score
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.registry import doors

CALLS: list[tuple[str, tuple[str, ...]]] = []
NUMBER = {"number": "text"}


@dataclass(frozen=True)
class Grow(Transform):
    """Children whose number is the parent's plus a random one; some ids make it misbehave."""

    name: ClassVar[str] = "pure.grow"
    reads: ClassVar[Mapping[str, Kind]] = {"number": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"number": "text"}

    number: str = "number"
    by: int = 10
    twins: int = 1
    raises: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    seconds: float = 0.0
    log: str = ""

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        CALLS.append((self.name, tuple(sample.id for sample in batch)))
        outcomes: list[Outcome] = []
        for sample, rng in zip(batch, rngs, strict=True):
            if sample.id in self.raises:
                raise ZeroDivisionError(f"poisoned by {sample.id}")
            if sample.id in self.short:
                continue
            outcomes.append(self._one(sample, rng))
        return outcomes

    def _one(self, sample: Sample, rng: np.random.Generator) -> Outcome:
        if self.seconds:
            time.sleep(self.seconds)
        if self.log:
            with open(self.log, "a") as file:
                file.write(f"{sample.id}\n")
        if sample.id in self.fails:
            return Failure(say("{sample} is not for growing", sample=sample.id))
        if sample.id in self.nothing:
            return ()
        if sample.id in self.foreign:
            return (Sample("somebody else"),)
        return tuple(
            sample.child("x", parts={self.number: Part.from_text(str(value_of(sample) + int(rng.integers(self.by))))})
            for _ in range(self.twins)
        )


@dataclass(frozen=True)
class Mix(Transform):
    """A child that adds the number of a random sample of the pool."""

    name: ClassVar[str] = "pure.mix"
    reads: ClassVar[Mapping[str, Kind]] = {"number": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"number": "text"}
    pools: ClassVar[bool] = True

    number: str = "number"

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        CALLS.append((self.name, tuple(sample.id for sample in batch)))
        assert pool
        outcomes: list[Outcome] = []
        for sample, rng in zip(batch, rngs, strict=True):
            other = pool[int(rng.integers(len(pool)))]
            part = Part.from_text(str(value_of(sample) + value_of(other)))
            outcomes.append((sample.child("x", parts={self.number: part}, also_from=(other.id,)),))
        return outcomes


@dataclass(frozen=True)
class Square(Transform):
    """A view that writes the number's square."""

    name: ClassVar[str] = "pure.square"
    reads: ClassVar[Mapping[str, Kind]] = {"number": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    makes: ClassVar[str] = "views"

    number: str = "number"
    write: str = "square"
    renames: bool = False

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        CALLS.append((self.name, tuple(sample.id for sample in batch)))
        if self.renames:
            return [(sample.child("x", parts=sample.parts),) for sample in batch]
        return [(s.with_part(self.write, Part.from_text(str(value_of(s) ** 2))),) for s in batch]


@dataclass(frozen=True)
class Rank(Metric):
    """The last two digits of the number as a score; some ids make it misbehave."""

    name: ClassVar[str] = "pure.rank"
    reads: ClassVar[Mapping[str, Kind]] = {"number": "text"}

    number: str = "number"
    raises: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()
    wild: tuple[str, ...] = ()

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        CALLS.append((self.name, tuple(sample.id for sample in batch)))
        for sample in batch:
            if sample.id in self.raises:
                raise DataError(say("{sample} has no rank", sample=sample.id))
        wild = {sample.id: 5.0 for sample in batch if sample.id in self.wild}
        return {s.id: (value_of(s) % 100) / 100 for s in batch if s.id not in self.skips} | wild

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        return [Score(sample, self.name, value, value, value < 0.1) for sample, value in sorted(state.items())]


@dataclass(frozen=True)
class Spread(Metric):
    """How far each number is from the mean of all: a score that needs the whole, with a state of O(n)."""

    name: ClassVar[str] = "pure.spread"
    reads: ClassVar[Mapping[str, Kind]] = {"number": "text"}

    number: str = "number"

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        return {"sum": sum(map(value_of, batch)), "values": {s.id: value_of(s) for s in batch}}

    def merge(self, a: State, b: State) -> State:
        return {"sum": a["sum"] + b["sum"], "values": {**a["values"], **b["values"]}}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        values = state["values"]
        mean = state["sum"] / max(len(values), 1)
        return [Score(s, self.name, 1 / (1 + abs(v - mean)), v - mean) for s, v in sorted(values.items())]


@dataclass(frozen=True)
class Near(Metric):
    """Distance to the nearest number of the reference."""

    name: ClassVar[str] = "pure.near"
    reads: ClassVar[Mapping[str, Kind]] = {"number": "text"}
    needs = frozenset({"rows", "reference"})

    number: str = "number"

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        assert reference
        return {s.id: min(abs(value_of(s) - value_of(r)) for r in reference) for s in batch}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        return [Score(sample, self.name, 1 / (1 + value), value) for sample, value in sorted(state.items())]


@dataclass(frozen=True)
class Beside(Metric):
    """The share of the reference that lies below each number: a judge of sets, which keeps both in its state."""

    name: ClassVar[str] = "pure.beside"
    reads: ClassVar[Mapping[str, Kind]] = {"number": "text"}
    needs = frozenset({"rows", "reference"})
    together: ClassVar[bool] = True

    number: str = "number"

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        assert reference
        CALLS.append((self.name, tuple(sample.id for sample in batch)))
        assert all(set(sample.parts) == {"number"} for sample in batch), "no other part is in memory"
        return {"made": {s.id: value_of(s) for s in batch}, "real": {s.id: value_of(s) for s in reference}}

    def merge(self, a: State, b: State) -> State:
        return {"made": {**a["made"], **b["made"]}, "real": a["real"]}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        real = np.array(list(state["real"].values()))
        return [Score(s, self.name, float((real < v).mean()), v) for s, v in sorted(state["made"].items())]


@dataclass(frozen=True)
class Nowhere:
    """A reader that reads nothing: the tests bring their samples along."""

    path: str = ""


def value_of(sample: Sample) -> int:
    return int(sample.parts["number"].text)


def numbers(n: int, **facts: str) -> list[Sample]:
    """Samples ``s00``, ``s01`` ... with their number, a label of two classes and these facts."""
    parity = ("even", "odd")
    return [
        Sample(f"s{i:02d}", {"number": Part.from_text(str(i * 7))}, {"class": parity[i % 2]}, facts=facts)
        for i in range(n)
    ]


BEHIND = {
    doors.OPS: {op.name: f"pure_ops:{op.__name__}" for op in (Grow, Mix, Square, Rank, Spread, Near, Beside)},
    doors.READERS: {"nowhere": "pure_ops:Nowhere"},
    doors.LEARNERS: {},
}


def found(group: str) -> dict[str, EntryPoint]:
    """What stands in for `doors._found`: these ops behind the doors, and nothing else."""
    return {name: EntryPoint(name, value, group) for name, value in BEHIND[group].items()}


def open_doors() -> None:
    """For a process of its own; tests use the fixture, which closes the doors again."""
    sys.path.insert(0, os.path.dirname(__file__))
    doors._found = found  # type: ignore[assignment]
