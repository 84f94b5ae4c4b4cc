"""The exchange rate: how many real items one made item is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.estimate import DrawsEstimate, Floats
from shisaku.stats.resplit import resplit_variance_factor

DRAWS = 4000
HALVINGS = 50
LEAST_SPLITS = 2
INTERVAL_SPLITS = 6  # with 4 or 5 a nominal 95 % covered 89 % of simulated worlds, with 6 or more 95 %


@dataclass(frozen=True, slots=True)
class Overlap:
    """Real items in every test and in every training set of splits of one dataset, which therefore overlap."""

    n_test: float
    n_train: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """The real items `n_eq` that score like n real and m made ones, and `rate` = (n_eq - n) / m of each made item.

    Where the score lies above all that real items alone reached, `n_eq` and `rate` are None and `above` is the largest
    n measured: more than that. `below` is the smallest n measured likewise: fewer than that. Of the interval of the
    rate an end is None where it lies outside what was measured or splits are too few, and so is not known.
    """

    n_eq: float | None
    rate: float | None
    low: float | None
    high: float | None
    above: float | None
    below: float | None
    splits: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores (higher is better) of the same splits, with real items alone and with made ones added.

    `real` [splits, sizes] with `sizes` real items, `mixed` [splits] with `n` real and `m` made ones. Raises ValueError
    unless there are at least two splits and two rising sizes, and all is finite.
    """

    sizes: Floats
    real: Floats
    mixed: Floats
    n: float
    m: float

    @classmethod
    def of(cls, sizes: npt.ArrayLike, real: npt.ArrayLike, mixed: npt.ArrayLike, n: float, m: float) -> Scores:
        """Check the numbers and keep them."""
        at, table = np.asarray(sizes, dtype=np.float64), np.asarray(real, dtype=np.float64)
        row = np.asarray(mixed, dtype=np.float64)
        if at.ndim != 1 or len(at) < 2 or not (np.diff(at) > 0).all() or at[0] <= 0:
            raise ValueError(f"needs two positive sizes or more, rising, got {at.tolist()}")
        if table.shape != (len(row), len(at)) or len(row) < LEAST_SPLITS:
            raise ValueError(f"scores {table.shape} and {row.shape} are not those of {LEAST_SPLITS} splits or more")
        if not (np.isfinite(table).all() and np.isfinite(row).all() and n > 0 and m > 0):
            raise ValueError("scores must be finite, n and m positive")
        return cls(at, table, row, n, m)


def exchange(
    scores: Scores, rng: np.random.Generator, overlap: Overlap | None = None, level: float = 0.95, draws: int = DRAWS
) -> Exchange:
    """Return the exchange rate with its two-sided interval.

    The mean curve is made rising (isotonic regression by pooling adjacent violators; Barlow et al. 1972) and read
    between the measured sizes along a monotone cubic in log n (Fritsch and Carlson, SIAM J. Numer. Anal. 17:238, 1980);
    where it is flat the fewest items count. How the curve runs between two sizes is no part of the interval: measure
    sizes at most a factor of two apart.

    The interval resamples splits, one index for all sizes and for the mixed score, one split fewer than there are so
    that the variance is unbiased (Rao and Wu, JASA 83:231, 1988), and takes expanded percentiles (`DrawsEstimate`).
    For splits of one dataset give `overlap`: every draw's deviation from the mean is multiplied by the root of
    (1/J + n_test/n_train) / (1/J), the correction of Nadeau and Bengio (Machine Learning 52:239, 2003). Without it,
    only what differs between the splits is in the interval: not the items of a test set that all of them share. With
    fewer than six splits there is no interval.
    """
    table = np.column_stack([scores.real, scores.mixed])
    splits, mean = len(table), table.mean(axis=0)
    factor = resplit_variance_factor(splits, overlap.n_test, overlap.n_train) * splits if overlap else 1.0
    shares = rng.multinomial(splits - 1, np.full(splits, 1 / splits), size=draws) / (splits - 1)
    drawn = mean + math.sqrt(factor) * (shares @ table - mean)
    worth = _worth(np.vstack([mean, drawn]), scores.sizes)
    found = (worth - scores.n) / scores.m
    rates = DrawsEstimate(float(found[0]), found[1:], splits - 1, "exchange")
    tail, known = (1 - level) / 2, math.isfinite(rates.mean)
    ends = (rates.low(tail), rates.high(tail)) if splits >= INTERVAL_SPLITS else (-math.inf, math.inf)
    return Exchange(
        n_eq=float(worth[0]) if known else None,
        rate=rates.mean if known else None,
        low=_end(ends[0], (scores.sizes[-1] - scores.n) / scores.m, math.inf),
        high=_end(ends[1], (scores.sizes[0] - scores.n) / scores.m, -math.inf),
        above=float(scores.sizes[-1]) if rates.mean == math.inf else None,
        below=float(scores.sizes[0]) if rates.mean == -math.inf else None,
        splits=splits,
    )


def _worth(rows: Floats, sizes: Floats) -> Floats:
    """Return for each row the fewest real items whose rising curve row[:-1] reaches row[-1]; +-infinity outside."""
    from scipy.interpolate import PchipInterpolator
    from scipy.optimize import isotonic_regression

    curves, wanted = np.array([isotonic_regression(row).x for row in rows[:, :-1]]), rows[:, -1]
    place = (curves < wanted[:, None]).sum(axis=1)
    piece = np.clip(place, 1, len(sizes) - 1) - 1
    at = np.log(sizes)
    cubic = PchipInterpolator(at, curves, axis=1).c[:, piece, np.arange(len(rows))]
    low, high = np.zeros(len(rows)), np.diff(at)[piece]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        short = ((cubic[0] * middle + cubic[1]) * middle + cubic[2]) * middle + cubic[3] < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    inside = np.exp(at[piece] + high)
    reached = np.where(curves[:, 0] == wanted, sizes[0], -np.inf)
    found: Floats = np.where(place == len(sizes), np.inf, np.where(place == 0, reached, inside))
    return found


def _end(found: float, edge: float, beyond: float) -> float | None:
    """Return an end of the interval: the edge of what was measured where it is surely `beyond`, None if unknown."""
    return float(edge) if found == beyond else float(found) if math.isfinite(found) else None
