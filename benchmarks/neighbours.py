"""Neighbour search beside its floor, interleaved: ``python benchmarks/neighbours.py [--n 20000] [--full]``.

k-NN: exact cosine neighbours beside the bare matrix products that they need (BLAS, same blocks). Hamming: 64-bit hashes
through the index beside comparing all pairs. Text: signatures and bands by the library after shingling, in documents
per second and core; the way over the disk beside the way in memory. Ratios are medians over rounds, times
the best round.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ.setdefault("RAYON_NUM_THREADS", "1")

import numpy as np

from shisaku.learn.minhash import alike, alike_on_disk, signatures
from shisaku.learn.neighbours import ACROSS, BLOCK, nearest_rows, unit_rows
from shisaku.stats.hamming import pairs_within

WIDTH, K, SHINGLES, RADIUS = 256, 10, 78, 10


def main() -> None:
    """Print one line per search."""
    parser = argparse.ArgumentParser(description="Neighbour search beside its floor.")
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="100,000 rows and 50,000 hashes, as in the goal")
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    _knn(rng, 100_000 if asked.full else asked.n, asked.rounds)
    _hashes(rng, 50_000 if asked.full else asked.n, asked.rounds)
    _texts(rng, asked.n, asked.rounds)


def _knn(rng: np.random.Generator, n: int, rounds: int) -> None:
    rows = unit_rows(rng.normal(size=(n, WIDTH)))
    queries = rows[: min(n, 8192)]  # cost grows with the queries: these stand for all of them

    def floor() -> None:
        for start in range(0, len(queries), BLOCK):
            for at in range(0, n, ACROSS):
                queries[start : start + BLOCK] @ rows[at : at + ACROSS].T

    ratio, ours, bare = _beside(lambda: nearest_rows(queries, rows, K), floor, rounds)
    whole = ours * n / len(queries)
    took = f"{ours:.2f} / {bare:.2f} s for {len(queries)} queries; all {whole:.0f} s"
    print(f"k-NN {n} x {WIDTH}, k {K}: {ratio:.2f} x matrix products ({took})")


def _hashes(rng: np.random.Generator, n: int, rounds: int) -> None:
    hashes = rng.integers(0, 2**64, n, dtype=np.uint64)

    def floor() -> None:
        for start in range(0, n, 512):
            (np.bitwise_count(hashes[start : start + 512, None] ^ hashes[None, start:]) <= RADIUS).any()

    ratio, ours, bare = _beside(lambda: pairs_within(hashes, RADIUS), floor, rounds)
    print(f"Hamming {n}, radius {RADIUS}: {ratio:.2f} x all pairs ({ours:.2f} / {bare:.2f} s)")


def _texts(rng: np.random.Generator, n: int, rounds: int) -> None:
    sets = [np.unique(rng.integers(0, 2**63, SHINGLES, dtype=np.uint64)) for _ in range(n)]
    for k in range(n // 20):
        sets[-k - 1] = np.unique(np.concatenate([sets[k][8:], rng.integers(0, 2**63, 8, dtype=np.uint64)]))
    held = signatures(sets)

    def over_disk() -> None:
        with tempfile.TemporaryDirectory() as folder:
            for _ in alike_on_disk(held, Path(folder), 16):
                pass

    ratio, disk, memory = _beside(over_disk, lambda: alike(sets), rounds)
    print(f"MinHash {n} x {SHINGLES} shingles: {n / memory:,.0f} documents/s on one core, candidates included;", end="")
    print(f" bands over the disk {n / disk:,.0f} documents/s ({ratio:.2f} x)")


def _beside(ours: Callable[[], object], floor: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """Return the median ratio and the best times of rounds that take turns."""
    pairs = []
    for _ in range(rounds):
        pairs.append((_seconds(ours), _seconds(floor)))
    return median(a / b for a, b in pairs), min(a for a, _ in pairs), min(b for _, b in pairs)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
