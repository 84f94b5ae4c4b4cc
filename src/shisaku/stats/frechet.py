"""The Frechet distance of two normal distributions fitted to two sets of rows, with what its bias and spread are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
GROUPS = 10


@dataclass(frozen=True, slots=True)
class Moments:
    """Number of rows, their sum [d] and the sum of their outer products [d, d]: moments of parts add up."""

    n: int
    total: Floats
    outer: Floats

    @classmethod
    def of(cls, rows: npt.NDArray[np.floating]) -> Moments:
        """Collect the rows [n, d]."""
        x = np.asarray(rows, np.float64)
        return cls(len(x), x.sum(axis=0), x.T @ x)

    def plus(self, other: Moments) -> Moments:
        """Return the moments of both."""
        return Moments(self.n + other.n, self.total + other.total, self.outer + other.outer)

    @property
    def mean(self) -> Floats:
        """Mean [d]."""
        return np.asarray(self.total / self.n)

    @property
    def covariance(self) -> Floats:
        """Unbiased covariance [d, d]."""
        return np.asarray((self.outer - np.outer(self.mean, self.total)) / (self.n - 1))


@dataclass(frozen=True, slots=True)
class Frechet:
    """The distance at this many rows, its standard error, and what it is at infinitely many (`limit`)."""

    value: float
    error: float
    limit: float


def frechet(one: Moments, other: Moments) -> float:
    """Return |m1 - m2|^2 + Tr(S1 + S2 - 2 (S1 S2)^(1/2)) (Dowson and Landau 1982; Heusel et al. 2017).

    The trace of the root is the sum of the roots of the eigenvalues of S1^(1/2) S2 S1^(1/2), which are real.
    """
    a, b = one.covariance, other.covariance
    values, axes = np.linalg.eigh(a)
    root = (axes * np.sqrt(np.maximum(values, 0.0))) @ axes.T
    inner = np.linalg.eigvalsh(root @ b @ root)
    apart = one.mean - other.mean
    crossed = np.sqrt(np.maximum(inner, 0.0)).sum()
    return float(apart @ apart + np.trace(a) + np.trace(b) - 2.0 * crossed)


def frechet_of(real: npt.NDArray[np.floating], made: npt.NDArray[np.floating], parts: tuple[Ints, Ints]) -> Frechet:
    """Return the distance of `real` and `made`, whose rows are numbered by `parts` into groups of about equal size.

    The standard error is that of the delete-a-group jackknife (each group of both sides left out together). The
    distance is biased by about c / n (Chong and Forsyth, CVPR 2020): `limit` is the jackknife's own estimate without
    that term, k times the whole less k - 1 times the mean of those with a group left out. Raises ValueError for fewer
    than two groups on a side.
    """
    centre = real.mean(axis=0, dtype=np.float64)
    first = _by_part(real - centre, parts[0])
    second = _by_part(made - centre, parts[1])
    k = min(len(first), len(second))
    if k < 2:
        raise ValueError("needs two groups of rows on each side")
    whole = frechet(_joined(first), _joined(second))
    left = np.array([frechet(_without(first, out), _without(second, out)) for out in range(k)])
    error = float(np.sqrt((k - 1) / k * np.square(left - left.mean()).sum()))
    return Frechet(whole, error, float(k * whole - (k - 1) * left.mean()))


def _by_part(rows: npt.NDArray[np.floating], parts: Ints) -> list[Moments]:
    return [Moments.of(rows[parts == part]) for part in np.unique(parts)]


def _joined(parts: Sequence[Moments]) -> Moments:
    found = parts[0]
    for part in parts[1:]:
        found = found.plus(part)
    return found


def _without(parts: Sequence[Moments], out: int) -> Moments:
    return _joined([part for place, part in enumerate(parts) if place != out])
