"""How near something lies to its nearest training item, measured by how near that one's own neighbours lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.stats.nearest_apart import nearest_apart

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
DEEP = 8  # neighbours of a training item that are looked at to find one of another group


class Crowd:
    """Training rows with their groups, and for each the nearest others that are not of its own group."""

    def __init__(self, rows: npt.NDArray[np.floating[Any]], groups: Codes, members: Sequence[npt.NDArray[np.intp]]):
        self.rows, self.groups, self.members = rows, groups, members
        self.near, self.apart = nearest_apart(rows, rows, DEEP, [members[code] for code in groups])

    def ratios(
        self, queries: npt.NDArray[np.floating[Any]], barred: Sequence[Codes]
    ) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
        """Return the nearest row of each query (-1: none), its distance, and that as a multiple of the row's own.

        `barred[i]` are the groups that do not count for query i, on either side: they may neither be the nearest nor
        that one's neighbour. Above 1 the query is authentic (Alaa et al., ICML 2022): its nearest training item is
        nearer to another training item than to it. Where a row coincides with its own neighbour the multiple is 1 for
        a query that coincides with both, else infinite; NaN where no neighbour is left.
        """
        out = [np.concatenate([self.members[g] for g in one] or [np.zeros(0, np.intp)]) for one in barred]
        place, distance = nearest_apart(queries, self.rows, 1, out)
        nearest, first = place[:, 0], distance[:, 0].astype(np.float64)
        own = np.array(
            [self._own(row, one) if row >= 0 else np.nan for row, one in zip(nearest.tolist(), barred, strict=True)],
            np.float64,
        ).reshape(len(nearest))
        ratio = np.full(len(first), np.inf)
        np.divide(first, own, out=ratio, where=own > 0)
        ratio[(own == 0) & (first == 0)] = 1.0
        ratio[np.isnan(own) | ~np.isfinite(first)] = np.nan
        return nearest, first, ratio

    def among_themselves(self) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return the nearest row and the ratio of every row, its own group left out: what unused real items have."""
        nearest, _, ratio = self.ratios(self.rows, [np.array([code]) for code in self.groups])
        return nearest, ratio

    def _own(self, row: int, barred: Codes) -> float:
        near, apart = self.near[row], self.apart[row]
        for place, far in zip(near.tolist(), apart.tolist(), strict=True):
            if place >= 0 and self.groups[place] not in barred:
                return float(far)
        # All that were looked at are of barred groups: the next is at least as far as the last of them.
        last = apart[near >= 0]
        return float(last[-1]) if len(last) == DEEP else float("nan")
