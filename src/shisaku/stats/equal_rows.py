"""Rows that are equal but for rounding, and what they join."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

TOLERANCE = 1e-5  # of the largest number of a row, or of 1: what one model gives may differ from batch to batch
Ints = npt.NDArray[np.intp]
Rows = npt.NDArray[np.float32]


def equal_pairs(rows: Rows) -> tuple[Ints, Ints]:
    """Return the places (i, j) of pairs of rows [n, d] that are equal but for rounding; linked pairs join all of them.

    Rows are sorted along three random directions: only those within the tolerance along each are compared.
    """
    _, first, alike = np.unique(_as_bytes(rows), return_index=True, return_inverse=True)
    copies = first[alike.ravel()]
    some = rows[first].astype(np.float64)
    directions = np.random.default_rng(0).normal(size=(rows.shape[1], 3))
    reach = TOLERANCE * np.maximum(1.0, np.abs(some).max(axis=1, initial=0.0))
    seen = some @ (directions / np.maximum(np.abs(directions).sum(axis=0), 1e-300))
    order = np.argsort(seen[:, 0], kind="stable")
    seen, reach, first = seen[order], reach[order], first[order]
    found = [(np.arange(len(rows)), copies)]
    for step in range(1, len(first)):
        apart = np.abs(seen[step:] - seen[:-step])
        near = apart[:, 0] <= reach[step:]
        if not near.any():
            break
        i = np.flatnonzero(near & (apart[:, 1:] <= reach[step:, None]).all(axis=1))
        same = np.abs(rows[first[i]] - rows[first[i + step]]).max(axis=1, initial=0.0) <= reach[i + step]
        found.append((first[i[same]], first[i[same] + step]))
    return np.concatenate([i for i, _ in found]), np.concatenate([j for _, j in found])


def joined_where_equal(entities: Ints, rows: Rows) -> Ints:
    """Return the entities [n] with those as one that have equal rows."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    i, j = equal_pairs(rows)
    names, code = np.unique(entities, return_inverse=True)
    code = code.ravel()
    links = (np.ones(len(i), np.bool_), (code[i], code[j]))
    joined = connected_components(coo_matrix(links, shape=(len(names), len(names))), directed=False)[1]
    return np.asarray(joined[code], np.intp)


def _as_bytes(rows: Rows) -> npt.NDArray[np.void]:
    whole = np.ascontiguousarray(rows + np.float32(0.0))  # -0 is 0
    return whole.view(np.dtype((np.void, whole.dtype.itemsize * whole.shape[1]))).ravel()
