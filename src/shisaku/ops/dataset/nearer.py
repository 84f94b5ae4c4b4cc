"""Made items with their nearest real ones of both sides, from a metric's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.message import Message, say
from shisaku.ops.dataset.used import HELD, NONE, OPEN, PARENTS, USED
from shisaku.stats.copy_share import Share, chance_nearer, share_of

Floats = npt.NDArray[np.float64]
LOCAL = 10  # the neighbour by whose distance that of the nearest is divided


@dataclass(frozen=True)
class Lists:
    """Made items by id with the distances of their nearest real ones and which of them were used.

    `n_used` and `n_held` are the sizes of the sides; `each_used` and `each_held` those that count for each item, its
    own groups left out. `held_used` counts made items that come from an item that was to be held out.
    """

    ids: tuple[str, ...]
    makers: tuple[str, ...]
    entities: tuple[str, ...]
    nearest: tuple[str, ...]
    nearest_group: tuple[str, ...]
    apart: Floats
    used: npt.NDArray[np.bool_]
    each_used: Floats
    each_held: Floats
    n_used: int
    n_held: int
    groups_used: int
    groups_held: int
    held_used: int
    way: str

    @cached_property
    def chances(self) -> Floats:
        """The chance of each item that its nearest used item is nearer than its nearest held-out one."""
        return chance_nearer(self.apart, self.used, self.each_used, self.each_held)

    @cached_property
    def closeness(self) -> Floats:
        """Distance to the nearest real item over that to the tenth: how much nearer it lies than the density says."""
        there = np.isfinite(self.apart).sum(axis=1)
        far = self.apart[np.arange(len(self.ids)), np.minimum(LOCAL, there) - 1]
        return np.asarray(np.divide(self.apart[:, 0], far, out=np.ones(len(far)), where=far > 0), np.float64)

    def ratios(self) -> Floats:
        """Return the distance to the nearest used item over that to the nearest held-out one.

        Of a side that is not among the neighbours kept the distance is at least that of the last of them.
        """
        last = np.where(np.isfinite(self.apart), self.apart, -np.inf).max(axis=1)
        there = np.isfinite(self.apart)
        to = [
            np.minimum(np.where(side & there, self.apart, np.inf).min(axis=1), last) for side in (self.used, ~self.used)
        ]
        ratio = np.full(len(last), np.inf)
        np.divide(to[0], to[1], out=ratio, where=to[1] > 0)
        ratio[to[0] == to[1]] = 1.0
        return ratio

    def share(self, places: Any) -> Share:
        """Return the share of these items that lie nearer to used items, with the wider of its two intervals."""
        return share_of(
            self.chances[places], [self.entities[i] for i in places], [self.nearest_group[i] for i in places]
        )

    def by_maker(self) -> dict[str, npt.NDArray[np.intp]]:
        """Return step -> places of what it made."""
        makers = np.array(self.makers, dtype=object)
        return {str(maker): np.flatnonzero(makers == maker) for maker in sorted(set(self.makers))}

    def worst(self, n: int) -> tuple[str, ...]:
        """Return the items that lie nearest to used ones, for how far the held-out ones are."""
        return tuple(self.ids[i] for i in np.argsort(self.ratios(), kind="stable")[:n])


def lists_of(state: Mapping[str, Any]) -> Lists | None:
    """Return what a state holds where it is known which real items were used, without items that have no neighbours."""
    ids = sorted(name for name, held in state.items() if len(held[4]))
    if not ids or state[ids[0]][3][0] == NONE:
        return None
    way, counts, groups = state[ids[0]][3]
    own = {name: {str(group): sizes for group, *sizes in state[name][2]} for name in ids}
    taken = {group: sizes for groups in own.values() for group, sizes in groups.items()}
    if way == PARENTS:
        n_used = sum(sum(sizes) for sizes in taken.values())
        n_held = sum(counts) - n_used
        g_used, g_held = len(taken), sum(groups) - len(taken)
    else:
        n_used, n_held, g_used, g_held = counts[USED], counts[HELD], groups[USED], groups[HELD]
    width = max(len(state[name][4]) for name in ids)
    apart, used = np.full((len(ids), width), np.inf), np.zeros((len(ids), width), np.bool_)
    each_used, each_held = np.full(len(ids), float(n_used)), np.full(len(ids), float(n_held))
    nearest, nearest_group = [], []
    for i, name in enumerate(ids):
        _, _, _, _, others, theirs, sides, far = state[name]
        side = np.array([g in taken for g in theirs]) if way == PARENTS else np.asarray(sides) == USED
        keep = np.ones(len(theirs), np.bool_) if way == PARENTS else np.asarray(sides) != OPEN
        some = np.flatnonzero(keep)
        apart[i, : len(some)], used[i, : len(some)] = np.asarray(far)[some], side[some]
        each_used[i] -= sum(sum(s) if way == PARENTS else s[USED] for s in own[name].values())
        each_held[i] -= sum(0 if way == PARENTS else s[HELD] for s in own[name].values())
        first = int(some[0]) if len(some) else 0
        nearest.append(others[first])
        nearest_group.append(theirs[first])
    fine = np.isfinite(apart[:, 0]) & (each_used > 0) & (each_held > 0)
    kept = np.flatnonzero(fine)
    if not len(kept):
        return None
    held_used = 0 if way == PARENTS else sum(any(s[HELD] for s in own[name].values()) for name in ids)
    return Lists(
        tuple(ids[i] for i in kept),
        tuple(state[ids[i]][0] for i in kept),
        tuple(state[ids[i]][1] for i in kept),
        tuple(nearest[i] for i in kept),
        tuple(nearest_group[i] for i in kept),
        apart[kept],
        used[kept],
        each_used[kept],
        each_held[kept],
        n_used,
        n_held,
        g_used,
        g_held,
        held_used,
        way,
    )


def why_not(lists: Lists | None, at_least: int) -> Message:
    """Say why the sides cannot be compared."""
    if lists is None:
        return say("Whether used items are copied was not asked: nothing says which real items were not used")
    if lists.held_used:
        return say(
            "Whether used items are copied was not asked: {n} made items come from items that were to be held out",
            n=lists.held_used,
        )
    return say(
        "Whether used items are copied was not asked: {used} groups of real items were used and {held} held out, and "
        "it takes {least} of each",
        used=lists.groups_used,
        held=lists.groups_held,
        least=at_least,
    )
