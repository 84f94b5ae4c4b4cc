"""Groups of copies from pairs of near items: a keeper and those near it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]


def stars(n: int, i: Places, j: Places, distance: npt.NDArray[np.floating]) -> tuple[Places, npt.NDArray[np.float64]]:
    """Return the keeper of each of `n` items and its distance from it, given all pairs that are near.

    Item 0 is the one to keep first, item n - 1 last. In that order, each item that no keeper has taken becomes a keeper
    and takes every item near it; an item near several keepers goes to the nearest. So every member is near its
    keeper itself and no two keepers are near each other: a chain of small steps from one thing to quite another
    cannot become one group, as it does with connected components. An item that is near nothing is its own keeper.
    """
    keeper = np.full(n, -1, np.int64)
    apart = np.full(n, np.inf)
    both = np.concatenate([i, j]), np.concatenate([j, i]), np.concatenate([distance, distance]).astype(np.float64)
    order = np.lexsort((both[1], both[0]))
    from_, to, far = (one[order] for one in both)
    bounds = np.searchsorted(from_, np.arange(n + 1))
    leads = np.zeros(n, np.bool_)
    for item in range(n):
        if keeper[item] >= 0:
            continue
        keeper[item], apart[item], leads[item] = item, 0.0, True
        there, away = to[bounds[item] : bounds[item + 1]], far[bounds[item] : bounds[item + 1]]
        nearer = ~leads[there] & (away < apart[there])
        keeper[there[nearer]], apart[there[nearer]] = item, away[nearer]
    return keeper, apart
