"""All pairs of 64-bit hashes that differ in few bits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Pairs = tuple[Places, Places, npt.NDArray[np.uint8]]

BANDS, WIDTH = 4, 16
FURTHEST = 3 * BANDS - 1  # beyond, too many buckets are looked up for the index to be worth it
CHUNK = 1 << 22
BLOCK, ALL_PAIRS = 512, 1 << 24


def pairs_within(hashes: Hashes, radius: int) -> Pairs:
    """Return (i, j, distance), i < j, of every two hashes at most `radius` bits apart, sorted; no pair is missed.

    Multi-index hashing (Norouzi, Punjani, Fleet, CVPR 2012): of four bands of 16 bits at least one differs in at most
    radius // 4 bits, so only buckets that near are compared. Hashes that occur often give many pairs: hand over
    different ones. Raises ValueError for a radius outside 0 to 11.
    """
    if not 0 <= radius <= FURTHEST:
        raise ValueError(f"radius must be in [0, {FURTHEST}], got {radius}")
    if len(hashes) ** 2 <= ALL_PAIRS:
        i, j, distance = pairs_between(hashes, hashes, radius)
        ahead = i < j
        return i[ahead], j[ahead], distance[ahead]
    found = [one for pair in _candidates(hashes, radius) if (one := _checked(hashes, *pair, radius)).size]
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8)
    both = np.unique(np.concatenate(found))
    i, j = np.divmod(both, len(hashes))
    return i, j, np.bitwise_count(hashes[i] ^ hashes[j])


def pairs_between(queries: Hashes, hashes: Hashes, radius: int) -> Pairs:
    """Return (i, j, distance) of every query and every hash at most `radius` bits apart, sorted."""
    if len(queries) * len(hashes) <= ALL_PAIRS:
        found = [np.zeros((2, 0), np.int64)]
        for start in range(0, len(queries), BLOCK):
            near = np.bitwise_count(queries[start : start + BLOCK, None] ^ hashes[None, :]) <= radius
            found.append(np.stack(np.nonzero(near)) + np.array([[start], [0]]))
        i, j = np.concatenate(found, axis=1)
    else:
        n = len(queries)
        i, j, _ = pairs_within(np.concatenate([queries, hashes]), radius)
        between = (i < n) & (j >= n)
        i, j = i[between], j[between] - n
    return i, j, np.bitwise_count(queries[i] ^ hashes[j])


def _candidates(hashes: Hashes, radius: int) -> Iterator[tuple[Places, Places]]:
    masks = _masks(radius // BANDS)
    for band in range(BANDS):
        keys = ((hashes >> np.uint64(band * WIDTH)) & np.uint64((1 << WIDTH) - 1)).astype(np.int64)
        order = np.argsort(keys, kind="stable")
        ends = np.cumsum(np.bincount(keys, minlength=1 << WIDTH))
        for mask in masks:
            yield from _joined(keys ^ mask, order, ends)


def _masks(flips: int) -> list[int]:
    bits = [1 << bit for bit in range(WIDTH)]
    return [sum(chosen) for k in range(flips + 1) for chosen in combinations(bits, k)]


def _joined(wanted: Places, order: Places, ends: Places) -> Iterator[tuple[Places, Places]]:
    """Give every hash with all members of the bucket that it wants, in chunks."""
    starts = np.concatenate([[0], ends[:-1]])[wanted]
    counts = ends[wanted] - starts
    total = np.cumsum(counts)
    begin = 0
    while begin < len(wanted):
        before = int(total[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, before + CHUNK, side="right")))
        some = counts[begin:end]
        i = np.repeat(np.arange(begin, end), some)
        within = np.arange(len(i)) - np.repeat(np.cumsum(some) - some, some)
        yield i, order[np.repeat(starts[begin:end], some) + within]
        begin = end


def _checked(hashes: Hashes, i: Places, j: Places, radius: int) -> Places:
    ahead = i < j
    i, j = i[ahead], j[ahead]
    near = np.bitwise_count(hashes[i] ^ hashes[j]) <= radius
    joined: Places = i[near] * len(hashes) + j[near]
    return joined
