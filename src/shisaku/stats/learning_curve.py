"""Learning curves that are carried beyond what was measured: an inverse power law, kept rising."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.estimate import Floats
from shisaku.stats.resplit import resplit_variance_factor

RATES = (0.25, 0.5, 1.0)
MIDDLE = 1  # the rate of the mean curve
# How far what is carried on goes astray, as the standard deviation of a factor's logarithm: learning curves are not
# quite power laws. On development data (digits, prompts, simulated worlds) intervals without it held too seldom.
ASTRAY = 0.5
LEAST_SPLITS = 6  # with fewer, resampled splits say too little of how scores spread


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """Scores ``top - drop * n ** -rate`` of n items, one curve per draw (columns [draws] each)."""

    top: Floats
    drop: Floats
    rate: Floats

    def at(self, n: npt.ArrayLike) -> Floats:
        """Return the score of each draw's curve at `n` items: one number, or one per draw."""
        return self.top - self.drop * self.shape(n)

    def shape(self, n: npt.ArrayLike) -> Floats:
        """Return ``n ** -rate`` of each draw; below half an item there is nothing to tell."""
        found: Floats = np.maximum(np.asarray(n, dtype=np.float64), 0.5) ** -self.rate
        return found


def power_laws(sizes: npt.ArrayLike, scores: npt.ArrayLike, rng: np.random.Generator) -> PowerLaw:
    """Fit one curve to each row of `scores` [draws, sizes], the first row being the mean.

    Inverse power laws describe most learning curves (Viering and Loog, IEEE TPAMI 45:7799, 2023). A row is made
    rising first (isotonic regression), so that noise is not carried on as a loss from more data. Four or so sizes
    cannot tell the rate: the mean takes the middle one of `RATES` and every draw one at random, and a factor of its
    own (`ASTRAY`) for its drop, so that not knowing the shape is in the spread of what is carried on. Top and drop
    are least squares, larger sizes weighing more (by the root of n, after Figueroa et al., BMC Med. Inform. Decis.
    Mak. 12:8, 2012), the top at most 1. Raises ValueError unless there are two rising positive sizes and all is
    finite.
    """
    from scipy.optimize import isotonic_regression

    n, table = np.asarray(sizes, dtype=np.float64), np.atleast_2d(np.asarray(scores, dtype=np.float64))
    if n.ndim != 1 or len(n) < 2 or n[0] <= 0 or not (np.diff(n) > 0).all() or table.shape[1:] != n.shape:
        raise ValueError(f"needs two rising positive sizes or more and a score for each, got {n.tolist()}")
    if not np.isfinite(table).all():
        raise ValueError("scores must be finite")
    weight = np.sqrt(n) / np.sqrt(n).sum()
    risen = np.array([isotonic_regression(row, weights=weight).x for row in table])
    picked = rng.integers(len(RATES), size=len(table))
    picked[0] = MIDDLE
    rate = np.asarray(RATES)[picked]
    away = n ** -rate[:, None]
    middle, mean = away @ weight, risen @ weight
    apart = away - middle[:, None]
    drop = np.maximum(-(apart * risen) @ weight / (apart**2 @ weight), 0.0)
    top = mean + drop * middle
    capped = ((1.0 - risen) * away) @ weight / (away**2 @ weight)
    factor = np.exp(ASTRAY * rng.standard_normal(len(table)) - ASTRAY**2 / 2)
    factor[0] = 1.0
    return PowerLaw(np.minimum(top, 1.0), factor * np.where(top > 1.0, capped, drop), rate)


def drawn_means(table: npt.ArrayLike, n_test: float, n_train: float, rng: np.random.Generator, draws: int) -> Floats:
    """Return [1 + draws, columns]: the column means of `table` [splits, columns], and what they might have been.

    Splits are resampled, one index for all columns, one split fewer than there are (Rao and Wu, JASA 83:231, 1988). As
    the splits of one dataset overlap, each draw's deviation is multiplied by the root of
    (1/J + n_test/n_train) / (1/J), the correction of Nadeau and Bengio (Machine Learning 52:239, 2003).
    Raises ValueError for fewer than `LEAST_SPLITS` splits.
    """
    scores = np.asarray(table, dtype=np.float64)
    splits = len(scores)
    if scores.ndim != 2 or splits < LEAST_SPLITS:
        raise ValueError(f"needs {LEAST_SPLITS} splits or more, got shape {scores.shape}")
    mean = scores.mean(axis=0)
    wider = math.sqrt(resplit_variance_factor(splits, n_test, n_train) * splits)
    shares = rng.multinomial(splits - 1, np.full(splits, 1 / splits), size=draws) / (splits - 1)
    return np.vstack([mean, mean + wider * (shares @ scores - mean)])
