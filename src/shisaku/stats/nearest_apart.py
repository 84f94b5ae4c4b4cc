"""The nearest rows to each query when every query has rows that must not count, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

BLOCK = 512
SPARE = 2  # candidates more than are asked for, so that equally near ones are told apart by place
NEAR = 1e-4  # of the squared length; below, the rounding of a product is no longer small beside the distance


def nearest_apart(
    queries: npt.NDArray[np.floating[Any]],
    rows: npt.NDArray[np.floating[Any]],
    k: int,
    barred: Sequence[npt.NDArray[np.intp]] | None = None,
) -> tuple[Places, Rows]:
    """Return (places, Euclidean distances) [n, k] of the `k` rows nearest to each query, nearest first, ties by place.

    `barred[i]` are places of rows that do not count for query i. Where fewer than k are left the place is -1 and the
    distance infinite. Candidates are found by a matrix product, and their distances taken again from the differences,
    so that a copy has distance 0 and not the rounding of a product. Raises ValueError for k below 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    queries, rows = np.asarray(queries, np.float32), np.asarray(rows, np.float32)
    n, m = len(queries), len(rows)
    places, apart = np.full((n, k), -1, np.int64), np.full((n, k), np.inf, np.float32)
    if not n or not m:
        return places, apart
    square = np.einsum("ij,ij->i", rows, rows) / 2.0
    top = min(k + SPARE, m)
    for start in range(0, n, BLOCK):
        some = queries[start : start + BLOCK]
        near = some @ rows.T
        np.subtract(square, near, out=near)
        for i, out in enumerate(barred[start : start + len(some)] if barred is not None else ()):
            near[i, out] = np.inf
        there = np.argpartition(near, top - 1, axis=1)[:, :top] if top < m else np.tile(np.arange(m), (len(some), 1))
        gone = ~np.isfinite(np.take_along_axis(near, there, axis=1))
        far = _distances(some, rows, there)
        far[gone], there[gone] = np.inf, -1
        order = np.lexsort((there, far), axis=1)
        order, block = order[:, :k], slice(start, start + len(some))
        places[block, : order.shape[1]] = np.take_along_axis(there, order, axis=1)
        apart[block, : order.shape[1]] = np.take_along_axis(far, order, axis=1)
    return places, apart


def _distances(some: Rows, rows: Rows, there: Places) -> Rows:
    far = np.empty(there.shape, np.float32)
    step = max(1, 2**22 // max(1, there.shape[1] * rows.shape[1]))
    for start in range(0, len(some), step):
        apart = rows[there[start : start + step]] - some[start : start + step, None, :]
        far[start : start + step] = np.sqrt(np.einsum("ijk,ijk->ij", apart, apart))
    return far


def distances_between(queries: npt.NDArray[np.floating[Any]], rows: npt.NDArray[np.floating[Any]]) -> Rows:
    """Return all Euclidean distances [n, m], those of near pairs taken from the differences, so that a copy has 0."""
    queries, rows = np.asarray(queries, np.float32), np.asarray(rows, np.float32)
    lengths = [np.einsum("ij,ij->i", some, some) for some in (queries, rows)]
    apart = queries @ rows.T
    apart *= -2.0
    apart += lengths[0][:, None]
    apart += lengths[1]
    np.maximum(apart, 0.0, out=apart)
    i, j = np.nonzero(apart < NEAR * lengths[0][:, None])
    for start in range(0, len(i), BLOCK):
        some, other = i[start : start + BLOCK], j[start : start + BLOCK]
        apart[some, other] = ((queries[some] - rows[other]) ** 2).sum(axis=1)
    return np.sqrt(apart, out=apart)
