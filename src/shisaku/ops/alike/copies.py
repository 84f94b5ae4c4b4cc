"""Copies within one dataset, or between its splits: a keeper for each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.alike.likeness import Distances, Likeness, Places
from shisaku.ops.alike.splits import rank
from shisaku.ops.alike.told import leaked, redundant
from shisaku.ops.limits import one_of
from shisaku.ops.outcome import measurable

Across = Literal["", "split"]
ACROSS: tuple[Across, ...] = get_args(Across)


@dataclass(frozen=True)
class Copies(Likeness):
    """Copies within one dataset, or with `across: split` copies between its splits."""

    together: ClassVar[bool] = True
    size: ClassVar[StateSize] = "O(n*d)"

    across: Across = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("across", self.across, ACROSS)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [print, split, generations, how much there was in the original]."""

        def entry(sample: Sample) -> list[Any]:
            return [self.read(sample), sample.facts.get("split", ""), sample.depth, self.extent(sample)]

        return dict(measurable(batch, entry))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample measured, by sample id; keepers are no issue."""
        ids, keeper, apart = self._grouped(state)
        members: dict[int, float] = {}
        for k, lead in enumerate(keeper):
            if lead != k:
                members[int(lead)] = min(members.get(int(lead), self.furthest), float(apart[k]))
        scores = []
        for k, name in enumerate(ids):
            lead, distance = int(keeper[k]), float(apart[k])
            if lead != k:
                scores.append(self.score(name, ids[lead], distance, self._reason(state, name, ids[lead], distance)))
            else:
                scores.append(self.score(name, name if k in members else "", members.get(k, self.furthest), None))
        return sorted(scores, key=lambda score: score.sample)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the share of redundant samples, or how many of a split have a copy in another."""
        scores = self.scores(state)
        if self.across:
            return leaked(scores, {name: state[name][1] for name in state})
        return redundant(scores)

    def _reason(self, state: Mapping[str, Any], name: str, keeper: str, distance: float) -> Message:
        part, how = next(iter(self.reads_parts())), self.told(distance)
        if not self.across:
            return say("Matches {keeper}, which is kept ({part}: {how})", part=part, keeper=keeper, how=how)
        return say(
            "In {split}; matches {keeper} in {other} ({part}: {how})",
            split=state[name][1],
            part=part,
            keeper=keeper,
            other=state[keeper][1],
            how=how,
        )

    def _grouped(self, state: Mapping[str, Any]) -> tuple[list[str], Places, Distances]:
        ids = sorted(state, key=lambda name: (state[name][2], -state[name][3], name))
        keeper, apart = np.arange(len(ids)), np.full(len(ids), self.furthest)
        told = [k for k, name in enumerate(ids) if state[name][0] is not None]
        if self.across:
            self._between(state, ids, [k for k in told if state[ids[k]][1]], keeper, apart)
        elif told:
            places = np.array(told)
            leads, apart[places] = self.groups([state[ids[k]][0] for k in told])
            keeper[places] = places[leads]
        return ids, keeper, apart

    def _between(
        self, state: Mapping[str, Any], ids: Sequence[str], told: Sequence[int], keeper: Places, apart: Distances
    ) -> None:
        """Look every split's items up in the splits that come before it."""
        splits = sorted({state[ids[k]][1] for k in told}, key=rank)
        before: list[int] = []
        for split in splits:
            here = [k for k in told if state[ids[k]][1] == split]
            if before:
                index = self.index([state[ids[k]][0] for k in before])
                place, distance = self.nearest(len(here), self.near([state[ids[k]][0] for k in here], index))
                found = place >= 0
                keeper[np.array(here)[found]] = np.array(before)[place[found]]
                apart[np.array(here)[found]] = distance[found]
            before += here
