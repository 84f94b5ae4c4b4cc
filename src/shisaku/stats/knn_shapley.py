"""What each training item is worth to a k-nearest-neighbour classifier, exactly, in time that sorting takes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BLOCK = 2**21  # distances looked at at once
PLACE = np.uint64(2**32 - 1)


def knn_shapley(
    distances: npt.NDArray[np.float32], right: npt.NDArray[np.bool_], k: int, weight: npt.ArrayLike | None = None
) -> Floats:
    """Return the Shapley value [n] of each of n training items, averaged over m validation items.

    `distances` [m, n] are those of a validation item (row) to a training item, infinite where that item does not take
    part in that row's game; `right` [m, n] says whether their labels agree. The utility of a set of items for one
    validation item is the share of its `k` nearest in the set that have its label (fewer than k: the missing count as
    wrong); the exact value is the recursion of Jia et al. (VLDB 12:1610, 2019, theorem 1), O(n log n) for each row.
    Of equal distances the item that stands first is the nearer one. `weight` [m] weighs validation items (default:
    equally). An item's value is the weighted mean over the rows in whose games it takes part (0 if in none).
    Raises ValueError for k below 1 or shapes that do not fit.
    """
    m, n = distances.shape
    share = np.ones(m) if weight is None else np.asarray(weight, np.float64)
    if k < 1 or right.shape != (m, n) or share.shape != (m,):
        raise ValueError(f"needs k >= 1, labels {(m, n)} and weights {(m,)}, got {k}, {right.shape}, {share.shape}")
    total, seen = np.zeros(n), np.zeros(n)
    if not m or not n:
        return total
    rank = np.arange(1, n + 1)
    step = np.minimum(k, rank) / (k * rank)
    place = np.arange(n, dtype=np.uint64)
    rows = max(1, BLOCK // n)
    for start in range(0, m, rows):
        part = slice(start, min(start + rows, m))
        there = np.isfinite(distances[part])
        # Who does not take part is sorted last and counts as no match, which ends the recursion before it.
        hits = right[part] & there
        for row, hit, w in zip(distances[part], hits, share[part], strict=True):
            if w:
                _add(total, row, hit, step, w, place)
        seen += share[part] @ there
    return np.divide(total, seen, out=np.zeros(n), where=seen > 0)


def _add(
    total: Floats,
    row: npt.NDArray[np.float32],
    hit: npt.NDArray[np.bool_],
    step: Floats,
    weight: float,
    place: npt.NDArray[np.uint64],
) -> None:
    """Add one validation item's values: s(i) = s(i + 1) + (match(i) - match(i + 1)) min(k, i) / (k i)."""
    # The bits of a float that is not negative sort as an integer does: distance and place in one key, sorted at once.
    keys = np.add(row, 0.0, dtype=np.float32).view(np.uint32).astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= place
    keys.sort()
    order = (keys & PLACE).astype(np.intp)
    match = np.zeros(len(row) + 1)
    match[:-1] = hit[order]
    gain = (match[:-1] - match[1:]) * step
    total[order] += weight * np.cumsum(gain[::-1])[::-1]
