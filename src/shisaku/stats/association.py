"""How strongly two columns of categories go together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.permuted import permuted_p

Codes = npt.NDArray[np.intp]
Counts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Association:
    """Cramer's V without its bias, its interval, the p of no association, and how many units it rests on."""

    v: float
    low: float
    high: float
    p: float
    n: int


def association(
    one: Codes, other: Codes, entities: Codes, rng: np.random.Generator, draws: int = 1999, level: float = 0.95
) -> Association:
    """Return Cramer's V of two columns of codes with the correction of Bergsma (J. Korean Stat. Soc. 42:323, 2013).

    Rows of one entity that agree in both columns count once. The interval inverts the noncentral chi-square (Smithson
    2003, Confidence Intervals, ch. 4), p is by permutation. V is 0 where a column does not vary.
    """
    units = np.unique(np.stack([entities, one, other], axis=1), axis=0)
    a, b = (np.unique(units[:, i], return_inverse=True)[1].astype(np.intp) for i in (1, 2))
    n, rows, columns = len(units), int(a.max()) + 1, int(b.max()) + 1
    if rows < 2 or columns < 2:
        return Association(0.0, 0.0, 0.0, 1.0, n)
    found = _chi_square(_counts(a, b, rows, columns))
    df = (rows - 1) * (columns - 1)
    p = permuted_p(found - 1e-9, lambda: _chi_square(_counts(rng.permutation(a), b, rows, columns)), draws)
    tail = (1.0 - level) / 2.0
    low, high = _noncentrality(found, df, 1.0 - tail), _noncentrality(found, df, tail)
    v, *ends = (_cramer(excess, n, rows, columns) for excess in (found - df * n / (n - 1), low, high))
    return Association(v, min(ends[0], v), max(ends[1], v), p, n)


def cramers_v(table: npt.ArrayLike) -> float:
    """Return Cramer's V of a table of counts, with the correction of Bergsma."""
    counts = np.asarray(table, dtype=np.float64)
    rows, columns = counts.shape
    n = int(counts.sum())
    return _cramer(_chi_square(counts) - (rows - 1) * (columns - 1) * n / (n - 1), n, rows, columns)


def expected(table: npt.ArrayLike) -> Counts:
    """Return the counts that a table would have if its rows and columns had nothing to do with each other."""
    counts = np.asarray(table, dtype=np.float64)
    return np.asarray(np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum(), dtype=np.float64)


def _counts(a: Codes, b: Codes, rows: int, columns: int) -> Counts:
    return np.bincount(a * columns + b, minlength=rows * columns).astype(np.float64).reshape(rows, columns)


def _chi_square(counts: Counts) -> float:
    want = expected(counts)
    return float(np.divide((counts - want) ** 2, want, out=np.zeros_like(want), where=want > 0).sum())


def _cramer(excess: float, n: int, rows: int, columns: int) -> float:
    """Return V of a chi-square less what chance gives it."""
    narrow = min(size - (size - 1) ** 2 / (n - 1) for size in (rows, columns)) - 1.0
    return min(1.0, math.sqrt(max(0.0, excess / n) / narrow)) if narrow > 0 else 0.0


def _noncentrality(found: float, df: int, share: float) -> float:
    """Return the noncentrality under which a share `share` of chi-squares lies below the one found."""
    from scipy.optimize import brentq
    from scipy.stats import chi2, ncx2

    if chi2.cdf(found, df) <= share:
        return 0.0
    top = (math.sqrt(found) + 10.0) ** 2
    return float(brentq(lambda lam: ncx2.cdf(found, df, lam) - share, 1e-9, top))
