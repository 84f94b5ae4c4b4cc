"""Precision, recall, density and coverage by balls around the nearest neighbours, in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.floating[Any]]
Bools = npt.NDArray[np.bool_]
BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Prdc:
    """What every row is in: their means are the four figures (Naeem et al., ICML 2020; Kynkaanniemi et al. 2019).

    `balls` [n made]: how many balls of real rows hold the made row (density = mean / k, precision = share above 0).
    `recalled` [n real]: whether a ball of a made row holds the real row. `covered` [n real]: whether the real row's own
    ball holds a made row.
    """

    balls: npt.NDArray[np.intp]
    recalled: Bools
    covered: Bools


def prdc(real: Rows, made: Rows, k: int) -> Prdc:
    """Return in whose balls the rows lie; a ball reaches to the k-th nearest other row of its own side.

    Memory grows with the rows and not with their pairs. Raises ValueError unless there are more than k rows on both
    sides.
    """
    if not 1 <= k < min(len(real), len(made)):
        raise ValueError(f"k must be in [1, {min(len(real), len(made)) - 1}], got {k}")
    centre = real.mean(axis=0)
    real, made = real - centre, made - centre  # small numbers: less is lost in the difference of squares
    of_real, of_made = radii(real, k), radii(made, k)
    balls = np.zeros(len(made), np.intp)
    recalled, covered = np.zeros(len(real), np.bool_), np.zeros(len(real), np.bool_)
    for here, apart in distances(real, made):
        inside = apart < of_real[here, None]
        balls += inside.sum(axis=0)
        covered[here] = inside.any(axis=1)
        recalled[here] = (apart < of_made).any(axis=1)
    return Prdc(balls, recalled, covered)


def radii(rows: Rows, k: int) -> Rows:
    """Return the squared distance of every row to its k-th nearest other row."""
    found = np.empty(len(rows), rows.dtype)
    for here, apart in distances(rows, rows):
        apart[np.arange(len(apart)), np.arange(here.start, here.stop)] = 0.0
        found[here] = np.partition(apart, k, axis=1)[:, k]
    return found


def distances(a: Rows, b: Rows) -> Iterator[tuple[slice, Rows]]:
    """Yield squared Euclidean distances of all of `b` from a block of `a` at a time."""
    of_a, of_b = np.einsum("ij,ij->i", a, a), np.einsum("ij,ij->i", b, b)
    for start in range(0, len(a), BLOCK):
        here = slice(start, min(start + BLOCK, len(a)))
        apart = a[here] @ b.T
        apart *= -2.0
        apart += of_a[here, None]
        apart += of_b
        yield here, np.maximum(apart, 0.0, out=apart)
