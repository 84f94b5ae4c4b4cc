"""The effective number of different rows."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.floating]
LEVEL = 0.95
HALVES = 50  # draws of the jackknife


def vendi(rows: npt.ArrayLike) -> float:
    """Return the Vendi score of `rows` [n, d] under the cosine: exp of the entropy of the eigenvalues of K / n.

    Friedman and Dieng, TMLR 2023: n rows that are all alike give 1, n orthogonal ones n. Where d < n the eigenvalues
    come from X'X / n, which has the same ones. Raises ValueError for no rows or a row of zeros.
    """
    x = np.asarray(rows, dtype=np.float64)
    length = np.linalg.norm(x, axis=1) if x.ndim == 2 else np.zeros(1)
    if not x.size or not (length > 0).all():
        raise ValueError("needs rows [n, d], at least one and none of them zero")
    unit = x / length[:, None]
    gram = unit @ unit.T if len(unit) <= unit.shape[1] else unit.T @ unit
    values = np.linalg.eigvalsh(gram / len(unit))
    return effective_number(values)


def effective_number(shares: npt.ArrayLike) -> float:
    """Return exp of the Shannon entropy of shares that sum to 1 (what is not above 0 does not count)."""
    found = np.asarray(shares, dtype=np.float64)
    found = found[found > 1e-15]
    return float(np.exp(-(found * np.log(found)).sum()))


def vendi_at(rows: Rows, size: int, rng: np.random.Generator, draws: int = 25) -> npt.NDArray[np.float64]:
    """Return the Vendi scores of `draws` subsamples of `size` rows: only scores at an equal size compare."""
    whole = len(rows) <= size
    picks = [np.arange(len(rows))] if whole else [rng.choice(len(rows), size, replace=False) for _ in range(draws)]
    return np.array([vendi(rows[pick]) for pick in picks])


def vendi_interval(rows: Rows, size: int, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return the Vendi score at `size` rows and its interval of 95 %: how it would come out for other rows of the kind.

    From twice as many rows on: the median and the range of subsamples of `size`, which hardly overlap. With fewer, all
    subsamples hold nearly the same rows and their range says nothing of others; there it is the delete-half jackknife
    (Shao and Wu, Annals of Statistics 17:1176, 1989): scores of halves scatter as the whole does over samples, in
    relative terms, as the score grows with n. Raises ValueError for fewer than four rows.
    """
    n = len(rows)
    if n < 4:
        raise ValueError(f"needs four rows or more, got {n}")
    scores = vendi_at(rows, size, rng)
    middle = float(np.median(scores))
    if n >= 2 * size:
        low, high = np.quantile(scores, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
        return middle, float(low), float(high)
    half = n // 2
    spread = float(np.log(vendi_at(rows, half, rng, HALVES)).std(ddof=1)) * math.sqrt(half / (n - half))
    ratio = math.exp(NormalDist().inv_cdf((1 + LEVEL) / 2) * spread)
    return middle, max(1.0, middle / ratio), min(float(min(size, n)), middle * ratio)
