"""Squared maximum mean discrepancy (MMD, Gretton et al., JMLR 2012) by blocks, cubic or RBF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.floating[Any]]
Floats = npt.NDArray[np.float64]
Kernel = Callable[[Rows, Rows], Rows]
BLOCK = 2048
MIDDLE = 1000  # rows that the median distance is taken of


def cubic(a: Rows, b: Rows) -> Rows:
    """Return (a b' / d + 1)^3, the kernel of KID (Binkowski et al., ICLR 2018)."""
    base = a @ b.T
    base /= a.shape[1]
    base += 1.0
    return np.asarray(base * base * base)


def rbf(sigma: float) -> Kernel:
    """Return the kernel exp(-|a - b|^2 / (2 sigma^2))."""

    def kernel(a: Rows, b: Rows) -> Rows:
        apart = a @ b.T
        apart *= 2.0
        apart -= np.einsum("ij,ij->i", a, a)[:, None]
        apart -= np.einsum("ij,ij->i", b, b)
        np.minimum(apart, 0.0, out=apart)
        apart *= 1.0 / (2.0 * sigma * sigma)
        return np.asarray(np.exp(apart, out=apart))

    return kernel


def median_distance(rows: Rows, rng: np.random.Generator) -> float:
    """Return the median Euclidean distance of pairs among at most 1,000 of the rows (0: most rows are equal)."""
    some = rows[rng.choice(len(rows), min(MIDDLE, len(rows)), replace=False)].astype(np.float64)
    square = np.einsum("ij,ij->i", some, some)
    apart = np.maximum(square[:, None] + square - 2.0 * (some @ some.T), 0.0)
    pairs = apart[np.triu_indices(len(some), 1)]
    return float(np.sqrt(np.median(pairs))) if pairs.size else 0.0


def unbiased_mmd(real: Rows, made: Rows, kernel: Kernel = cubic) -> float:
    """Return the unbiased MMD^2, which can be a little below 0. Raises ValueError below two rows on a side."""
    if min(len(real), len(made)) < 2:
        raise ValueError(f"needs two rows on each side, got {len(real)} and {len(made)}")
    own = sum(_mean_of_others(side, kernel) for side in (real, made))
    return own - 2.0 * float(kernel(real, made).mean(dtype=np.float64))


def _mean_of_others(rows: Rows, kernel: Kernel) -> float:
    held = kernel(rows, rows)
    n = len(rows)
    return float(held.sum(dtype=np.float64) - np.trace(held, dtype=np.float64)) / (n * (n - 1))


def quadratic_forms(rows: Rows, weights: Rows, kernel: Kernel) -> tuple[Floats, Floats]:
    """Return w' K w for every column w of `weights` [n, p], and K w of the first column [n].

    With w = 1 / n of made rows and -1 / m of real ones, w' K w is the biased MMD^2: the columns are permutations.
    Each pair of blocks is computed once.
    """
    n, p = weights.shape
    total, first = np.zeros(p), np.zeros(n)
    for start in range(0, n, BLOCK):
        here = slice(start, min(start + BLOCK, n))
        for at in range(start, n, BLOCK):
            there = slice(at, min(at + BLOCK, n))
            held = kernel(rows[here], rows[there])
            along = held @ weights[there]
            once = np.einsum("ij,ij->j", weights[here], along, dtype=np.float64)
            total += once if at == start else 2.0 * once
            first[here] += along[:, 0]
            if at != start:
                first[there] += held.T @ weights[here, 0]
    return total, first


def kernel_sums(rows: Rows, weights: Rows, kernel: Kernel) -> Floats:
    """Return K w for every column w of `weights` [n, p]; each pair of blocks is computed once."""
    n = len(rows)
    found = np.zeros(weights.shape)
    for start in range(0, n, BLOCK):
        here = slice(start, min(start + BLOCK, n))
        for at in range(start, n, BLOCK):
            there = slice(at, min(at + BLOCK, n))
            held = kernel(rows[here], rows[there])
            found[here] += held @ weights[there]
            if at != start:
                found[there] += held.T @ weights[here]
    return found
