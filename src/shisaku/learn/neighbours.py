"""Exact nearest neighbours by cosine, block by block, in memory that grows with the rows and not with their pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

BLOCK, ACROSS, STRIP = 1024, 16_384, 32


def unit_rows(rows: npt.NDArray[np.floating[Any]]) -> Rows:
    """Return the rows at length 1 as float32; a row of zeros stays zero."""
    rows = np.asarray(rows, np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))[:, None].astype(np.float32)
    unit: Rows = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    return unit


def nearest_rows(queries: Rows, rows: Rows, k: int, *, same: bool = False) -> tuple[Places, Rows]:
    """Return (places, cosines) [n, k] of the `k` rows nearest to each query, nearest first; ties by place.

    Both must have unit length. `same`: the queries are the rows, and none is its own neighbour. Exact: of strips of 32
    cosines those k with the largest maxima hold the k largest values, so only they are looked into, which
    makes picking cheap beside the matrix product. Raises ValueError unless there are k neighbours.
    """
    n = len(rows)
    if not 1 <= k <= n - same:
        raise ValueError(f"k must be in [1, {n - same}], got {k}")
    places, cosines = np.empty((len(queries), k), np.int64), np.empty((len(queries), k), np.float32)
    for start in range(0, len(queries), BLOCK):
        block = slice(start, min(start + BLOCK, len(queries)))
        best = [_best(queries[block], rows, at, k, start if same else None) for at in range(0, n, ACROSS)]
        there, near = (np.concatenate([one[side] for one in best], axis=1) for side in (0, 1))
        order = np.lexsort((there, -near), axis=1)[:, :k]
        places[block] = np.take_along_axis(there, order, axis=1)
        cosines[block] = np.take_along_axis(near, order, axis=1)
    return places, cosines


def _best(queries: Rows, rows: Rows, at: int, k: int, own: int | None) -> tuple[Places, Rows]:
    """Return places and cosines of the k best (or all, unordered) among the rows from `at` on."""
    some = rows[at : at + ACROSS]
    cosines = queries @ some.T
    if own is not None:
        mine = np.arange(own, own + len(queries)) - at
        inside = np.flatnonzero((mine >= 0) & (mine < len(some)))
        cosines[inside, mine[inside]] = -np.inf
    width = len(some)
    if width <= 2 * k * STRIP or width % STRIP:
        return _largest(cosines, np.broadcast_to(np.arange(at, at + width), cosines.shape), k)
    strips = cosines.reshape(len(queries), -1, STRIP)
    top = np.argpartition(strips.max(axis=2), -k, axis=1)[:, -k:]
    held = np.take_along_axis(strips, top[:, :, None], axis=1).reshape(len(queries), -1)
    there = (top[:, :, None] * STRIP + np.arange(STRIP)).reshape(len(queries), -1) + at
    return _largest(held, there, k)


def _largest(cosines: Rows, places: Places, k: int) -> tuple[Places, Rows]:
    if cosines.shape[1] <= k:
        return np.array(places), cosines
    top = np.argpartition(cosines, -k, axis=1)[:, -k:]
    return np.take_along_axis(places, top, axis=1), np.take_along_axis(cosines, top, axis=1)


def leaders(rows: Rows, near: float) -> tuple[Places, Rows]:
    """Return the keeper of each row and its cosine to it: a row that no keeper before it is `near` becomes one.

    The rows are in the order in which they should be kept; every member is near its keeper itself. No list of pairs
    is made, so a thousand copies of one thing cost no more than a thousand different ones. A keeper's cosine is that
    to the nearest keeper before it (-1: there is none).
    """
    n = len(rows)
    keeper, cosine = np.arange(n), np.full(n, -1.0, np.float32)
    kept = np.zeros(0, np.int64)
    for start in range(0, n, BLOCK):
        block = np.arange(start, min(start + BLOCK, n))
        for at in range(0, len(kept), ACROSS):
            some = kept[at : at + ACROSS]
            near_to = rows[block] @ rows[some].T
            best = near_to.argmax(axis=1)
            value = near_to[np.arange(len(block)), best]
            closer = value > cosine[block]
            keeper[block[closer]], cosine[block[closer]] = some[best[closer]], value[closer]
        kept = np.concatenate([kept, _within(rows, block, near, keeper, cosine)])
    alone = cosine < near
    keeper[alone] = np.flatnonzero(alone)
    return keeper, cosine


def _within(rows: Rows, block: Places, near: float, keeper: Places, cosine: Rows) -> Places:
    """Let the rows of a block find keepers among themselves, in their order; return the new keepers."""
    among = rows[block] @ rows[block].T
    new: list[int] = []
    for k, row in enumerate(block):
        if new:
            best = int(np.argmax(among[k, new]))
            if among[k, new[best]] > cosine[row]:
                keeper[row], cosine[row] = block[new[best]], among[k, new[best]]
        if cosine[row] < near:
            new.append(k)
    return block[new]
