"""Copies of samples of another dataset, which is indexed once and not for every shard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import Need, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.ops.alike.likeness import Likeness, key_of
from shisaku.ops.alike.told import shared
from shisaku.ops.outcome import measurable

Indexed = tuple[list[str], Any]


class Once:
    """What was made of a reference, kept as long as the very same samples come again; never sent elsewhere."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples: Sequence[Sample] = ()
        self._made: Indexed | None = None

    def of(self, samples: Sequence[Sample], make: Callable[[Sequence[Sample]], Indexed]) -> Indexed:
        """Return what `make` gives for the samples."""
        with self._lock:
            known = len(samples) == len(self._samples)
            if self._made is None or not (known and all(a is b for a, b in zip(samples, self._samples, strict=True))):
                self._samples, self._made = tuple(samples), make(samples)
            return self._made

    def __reduce__(self) -> tuple[type[Once], tuple[()]]:
        return Once, ()


@dataclass(frozen=True, slots=True)
class Others:
    """The samples of a reference by their prints: ids that share one, the index over the different prints, entities."""

    ids: tuple[tuple[str, ...], ...]
    index: Any
    entity: Mapping[str, str]

    def kin_of(self, sample: Sample) -> tuple[frozenset[str], frozenset[str]]:
        """Return who is no other to a sample: ids, and entities where it descends from, or is, one of these."""
        own = frozenset({sample.id, *sample.parents})
        entities = {self.entity[name] for name in own if name in self.entity}
        return own, frozenset({*entities, *((sample.entity,) if sample.parents else ())})

    def first(self, print_: int, kin: tuple[frozenset[str], frozenset[str]]) -> str:
        """Return the first id with a print that is no kin, empty where all are."""
        ids, entities = kin
        return next((one for one in self.ids[print_] if one not in ids and self.entity[one] not in entities), "")


@dataclass(frozen=True)
class CopiesAgainst(Likeness):
    """Samples that are copies of one in the reference; their own id, parents and group of these do not count."""

    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n)"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "_once", Once())

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [distance to the nearest copy, its id or nothing]. Raises RecipeError without one."""
        if not reference:
            raise RecipeError(
                say("{op} needs another dataset to compare with and got none", op=self.name),
                next=say("Give the step `reference:`, or the audit `--against`"),
            )
        once: Once = getattr(self, "_once")  # noqa: B009
        _, others = once.of(reference, self._indexed)
        prints = measurable(batch, self.read)
        there = [name for name, one in prints.items() if one is not None]
        if not others.ids or not there:
            return {name: [self.furthest, ""] for name in prints}
        kin = {sample.id: others.kin_of(sample) for sample in batch}
        i, j, distance = self.near([prints[name] for name in there], others.index)
        near = list(zip(i.tolist(), j.tolist(), strict=True))
        first = {(a, b): others.first(b, kin[there[a]]) for a, b in near}
        other = np.array([bool(first[pair]) for pair in near], np.bool_)
        place, apart = self.nearest(len(there), (i[other], j[other], distance[other]))
        found = {name: [float(apart[k]), first[k, int(place[k])]] for k, name in enumerate(there) if place[k] >= 0}
        return {name: found.get(name, [self.furthest, ""]) for name in prints}

    def _indexed(self, reference: Sequence[Sample]) -> tuple[list[str], Others]:
        prints = measurable(sorted(reference, key=lambda sample: sample.id), self.read)
        alike: dict[Any, list[str]] = {}
        for name, one in prints.items():
            if one is not None:
                alike.setdefault(key_of(one), []).append(name)
        index = self.index([prints[names[0]] for names in alike.values()])
        entity = {sample.id: sample.entity for sample in reference}
        return [], Others(tuple(map(tuple, alike.values())), index, entity)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample measured, by sample id."""
        return [self._score(sample, distance, other) for sample, (distance, other) in sorted(state.items())]

    def _score(self, sample: str, distance: float, other: str) -> Score:
        if not other:
            return self.score(sample, "", distance, None)
        part, how = next(iter(self.reads_parts())), self.told(distance)
        reason = say("Matches {other} ({part}: {how})", part=part, other=other, how=how)
        return self.score(sample, other, distance, reason)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return how many samples are also in the reference."""
        return shared(self.scores(state))
