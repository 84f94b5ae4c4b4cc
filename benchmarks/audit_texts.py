"""Near-duplicate texts for `audit.py`: shisaku's search and datasketch's, given the same shingles.

Documents are drawn from a Zipf vocabulary; one in a hundred is a copy of an earlier one with a few words changed. Both
sides look for candidates by MinHash (128 permutations) and count the Jaccard index of those; only what comes after
shingling is timed, in one process and one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Pairs = set[tuple[int, int]]
NEAR, PERMUTATIONS, CHANGED = 0.6, 128, 0.04


def documents(n: int) -> tuple[list[Any], Pairs]:
    """Return the shingles of `n` documents, and the planted pairs whose Jaccard index is `NEAR` or more."""
    from shisaku.stats.shingles import jaccard, shingles

    rng = np.random.default_rng(0)
    texts: list[list[str]] = []
    planted: Pairs = set()
    for number in range(n):
        if number and rng.random() < 0.01:
            source = int(rng.integers(number))
            words = [word if rng.random() > CHANGED else "changed" for word in texts[source]]
            planted.add((source, number))
        else:
            words = [f"w{rank}" for rank in rng.zipf(1.2, int(rng.integers(40, 120))) % 20_000]
        texts.append(words)
    sets = [shingles(" ".join(words), 3, 5) for words in texts]
    return sets, {(a, b) for a, b in planted if jaccard(sets[a], sets[b]) >= NEAR}


def ours(sets: Sequence[Any]) -> Pairs:
    """Return the near pairs that text.near_duplicate is built on."""
    from shisaku.learn.minhash import alike

    i, j = alike(sets)
    return _counted(sets, zip(i.tolist(), j.tolist(), strict=True))


def datasketch(sets: Sequence[Any]) -> Pairs:
    """Return those that MinHash and MinHashLSH of datasketch find."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=NEAR, num_perm=PERMUTATIONS)
    found = []
    for number, one in enumerate(sets):
        sketch = MinHash(PERMUTATIONS, hashfunc=_as_it_is)
        sketch.update_batch((one & np.uint64(0xFFFFFFFF)).tolist())
        found += [(other, number) for other in index.query(sketch)]
        index.insert(number, sketch)
    return _counted(sets, found)


def _as_it_is(value: int) -> int:
    return value


def _counted(sets: Sequence[Any], pairs: Any) -> Pairs:
    from shisaku.stats.shingles import jaccard

    return {(a, b) for a, b in pairs if jaccard(sets[a], sets[b]) >= NEAR}


def timed(search: Callable[[Sequence[Any]], Pairs], sets: Sequence[Any]) -> tuple[float, float, Pairs]:
    """Return wall seconds, CPU seconds and the pairs."""
    wall, cpu = time.perf_counter(), time.process_time()
    pairs = search(sets)
    return time.perf_counter() - wall, time.process_time() - cpu, pairs
