"""What shrinks when a generator collapses: how much of the real it covers, its variety, and what is no copy."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.jackknife import Jackknifed, Places, jackknife
from shisaku.stats.prdc import distances, radii
from shisaku.stats.vendi import effective_number

Rows = npt.NDArray[np.float32]
BLOCK = 1024


@dataclass(frozen=True)
class Seen:
    """Rows of unit length with the entity of each, and whose child it is (siblings may be alike)."""

    rows: Rows
    entities: Sequence[Hashable]
    parents: npt.NDArray[np.intp]

    def first(self, size: int) -> Seen:
        """Return the first `size` of them."""
        return Seen(self.rows[:size], self.entities[:size], self.parents[:size])


def coverage(real: Rows, made: Seen, k: int) -> Jackknifed:
    """Return the share of real rows whose ball holds a made one (Naeem et al., ICML 2020).

    A ball reaches to the k-th nearest other real row. It grows with the number of made rows: compare at equal n.
    """
    reach = radii(real, k)
    inside = np.concatenate([apart < reach[here, None] for here, apart in distances(real, made.rows)])
    return jackknife(made.entities, lambda places: float(inside[:, places].any(axis=1).mean()))


def variety(made: Seen, middle: Rows) -> Jackknifed:
    """Return Vendi / n (`stats.vendi`) of the rows less `middle`: features share most of their length."""
    away = made.rows.astype(np.float64) - middle
    # Rows that lie in the middle have no direction: they are all alike.
    away[np.linalg.norm(away, axis=1) < 1e-9] = 1.0
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    cosines = away @ away.T

    def share(places: Places) -> float:
        some = cosines[np.ix_(places, places)] / len(places)
        return effective_number(np.linalg.eigvalsh(some)) / len(places)

    return jackknife(made.entities, share)


def unlike(made: Seen, near: float) -> Jackknifed:
    """Return the share of rows that no other row, siblings left out, is as near as the cosine `near`."""
    cosines = _others(made, slice(None))
    return jackknife(made.entities, lambda places: float((cosines[np.ix_(places, places)].max(axis=1) < near).mean()))


def nearest_other(made: Seen) -> Rows:
    """Return the largest cosine of each row to another, siblings left out (-1: there is none), in blocks."""
    found = np.full(len(made.rows), -1.0, np.float32)
    for start in range(0, len(made.rows), BLOCK):
        here = slice(start, start + BLOCK)
        found[here] = np.maximum(_others(made, here).max(axis=1), -1.0)
    return found


def _others(made: Seen, here: slice) -> Rows:
    cosines = made.rows[here] @ made.rows.T
    cosines[made.parents[here, None] == made.parents] = -np.inf
    return cosines
