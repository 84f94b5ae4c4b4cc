"""The search for slices with errors: one half of the entities proposes, the other confirms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from shisaku.learn.rows import transform_rows
from shisaku.message import Message, say
from shisaku.ops.dataset.judged import Labelled
from shisaku.ops.dataset.slicing import discovered_slices, known_slices
from shisaku.stats.dealt import dealt
from shisaku.stats.holm import holm
from shisaku.stats.slices import Excess, excess
from shisaku.stats.telling import coded

SAME = 0.9  # share of shared members from which two slices are one


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice that both halves agree on."""

    name: Message
    word: str
    inside: Any
    found: Excess
    doubted: float
    doubted_elsewhere: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows in the order of their ids, their fields, and what the models think of their labels."""

    data: Labelled
    fields: list[Mapping[str, str]]
    own: Any
    wrong: Any
    doubted: Any


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked of a slice: see `dataset.error_slices`."""

    excess_from: float
    alpha: float
    at_least: int
    tried: int
    clusters: int
    seed: int

    def confirmed(self, seen: Judged) -> list[Slice]:
        """Return the slices that one half proposes and the other confirms, the worst first."""
        explored = dealt(seen.data.labels, seen.data.entities, 2, self.seed + 1) == 0
        entities = coded(seen.data.entities)[1]
        rows = np.asarray(transform_rows(seen.data.rows, "sqrt_l2"), dtype=np.float64)
        slices = {
            **known_slices(seen.fields),
            **discovered_slices(rows, seen.wrong, explored, self.at_least, self.clusters, self.seed),
        }
        chosen = self._proposed(slices, seen, entities, explored)
        tested = [(key, self._in_half(slices[key], seen, entities, ~explored)) for key in chosen]
        tests = [(key, found) for key, found in tested if found is not None]
        held = holm([found.p for _, found in tests], self.alpha)
        sure = [
            _told(key, slices[key], found, seen)
            for (key, found), level in zip(tests, held, strict=True)
            if level.rejected and found.inside - found.outside >= self.excess_from
        ]
        return sorted(sure, key=lambda one: (one.found.outside - one.found.inside, one.word))

    def _proposed(
        self, slices: Mapping[tuple[str, str], Any], seen: Judged, entities: Any, explored: Any
    ) -> list[tuple[str, str]]:
        found = {key: self._in_half(inside, seen, entities, explored) for key, inside in slices.items()}
        worse = {key: one for key, one in found.items() if one is not None and one.inside - one.outside > 0}
        kept: list[tuple[str, str]] = []
        for key in sorted(worse, key=lambda key: (worse[key].p, key)):
            if worse[key].p >= self.alpha or len(kept) == self.tried:
                break
            if all(_overlap(slices[key], slices[other]) < SAME for other in kept):
                kept.append(key)
        return kept

    def _in_half(self, inside: Any, seen: Judged, entities: Any, half: Any) -> Excess | None:
        n = int((inside & half).sum())
        if n < self.at_least or int((~inside & half).sum()) < self.at_least:
            return None
        return excess(seen.wrong[half], inside[half], entities[half])


def _overlap(one: Any, other: Any) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))


def _told(key: tuple[str, str], inside: Any, found: Excess, seen: Judged) -> Slice:
    field, value = key
    name = say("{field} = {value}", field=field, value=value or "-")
    return Slice(
        name, f"{field}={value}", inside, found, float(seen.doubted[inside].mean()), float(seen.doubted[~inside].mean())
    )
