"""How far one attribute of made items lies from that of real ones: in its middle, and in its whole distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
MOST = 99.0  # standard deviations: where neither side varies and they differ, the gap has no other size
SAME = 1e-9
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Gap:
    """Made against real: means and standard deviations, and the difference in pooled standard deviations.

    `d` is the standardised difference of the means with its interval `low` to `high`, `wasserstein` the distance of the
    two distributions in the same unit (never less than ``abs(d)``), `ks` the largest difference of their distribution
    functions, `p` that of "no difference", in the means or elsewhere.
    """

    mean_made: float
    mean_real: float
    sd_made: float
    sd_real: float
    d: float
    low: float
    high: float
    wasserstein: float
    ks: float
    p: float
    n_made: int
    n_real: int


def gap(made: Values, real: Values, made_units: Codes, real_units: Codes, level: float = 0.95) -> Gap:
    """Return the gap of one attribute; units are codes of entities, which may have items on both sides.

    The interval of d is that of a delta method whose terms are summed by unit (a cluster-robust variance: items of one
    unit count together, and a made item cancels what it shares with its own parent), with Student's t for as many
    units.
    p is twice the smaller of two: that of d, and that of Kolmogorov and Smirnov with units in place of items. Raises
    ValueError for fewer than two values on a side.
    """
    from scipy.special import stdtr, stdtrit
    from scipy.stats import kstwo, wasserstein_distance

    if min(made.size, real.size) < 2:
        raise ValueError(f"needs two values on either side, got {made.size} and {real.size}")
    means, sds = (float(made.mean()), float(real.mean())), (float(made.std()), float(real.std()))
    sizes = made.size, real.size
    own, other = len(np.unique(made_units)), len(np.unique(real_units))
    ks = _largest_step(made, real)
    p = float(kstwo.sf(ks, max(1, round(own * other / (own + other)))))
    pooled = math.sqrt((sds[0] ** 2 + sds[1] ** 2) / 2.0)
    if pooled <= SAME * max(1.0, abs(means[0]), abs(means[1])):
        d = math.copysign(MOST, means[0] - means[1]) if ks > 0 else 0.0
        return Gap(*means, *sds, d, d, d, abs(d), ks, min(1.0, p), *sizes)
    d = (means[0] - means[1]) / pooled
    error, units = _error(made, real, made_units, real_units, d, pooled)
    # Where few far values make the difference they make the spread too, and the two cancel: never below the null's.
    error = max(error, _error(made, real, made_units, real_units, 0.0, pooled)[0])
    df = max(1, units - 1)
    reach = float(-stdtrit(df, (1.0 - level) / 2.0)) * error
    p_of_d = 2.0 * float(stdtr(df, -abs(d) / error)) if error > 0 else float(d == 0)
    far = float(wasserstein_distance(made, real)) / pooled
    low, high, d, far = (float(np.clip(one, -MOST, MOST)) for one in (d - reach, d + reach, d, far))
    return Gap(*means, *sds, d, low, high, far, ks, min(1.0, 2.0 * min(p, p_of_d)), *sizes)


def _largest_step(one: Values, other: Values) -> float:
    """Return the largest difference of two empirical distribution functions."""
    places = np.concatenate([one, other])
    shares = [np.searchsorted(np.sort(side), places, side="right") / side.size for side in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def _error(
    made: Values, real: Values, made_units: Codes, real_units: Codes, d: float, pooled: float
) -> tuple[float, int]:
    """Return the standard error of d, and how many units there are."""
    names, codes = np.unique(np.concatenate([made_units, real_units]), return_inverse=True)
    parts = []
    for values, sign in ((made, 1.0), (real, -1.0)):
        away = values - values.mean()
        of_spread = np.square(away) - np.square(away).mean()
        parts.append((sign * away / pooled - d * of_spread / (4.0 * pooled**2)) / values.size)
    sums = np.bincount(codes, weights=np.concatenate(parts))
    units = len(names)
    return math.sqrt(units / max(1, units - 1) * float(sums @ sums)), units


def oddness(values: Values, real: Values) -> Values:
    """Return how far each row lies outside the real rows: its farthest attribute, in robust standard deviations.

    `values` [n, k] and `real` [m, k], m >= 1. The spread of a side of an attribute is 1.4826 times the median distance
    of the real values on that side from their median, and at least a quarter of their standard deviation.
    """
    from shisaku.stats.robust import TO_SD

    if not values.size:
        return np.zeros(len(values))
    middle = np.median(real, axis=0)
    least = np.maximum(0.25 * real.std(axis=0), 1e-3 * np.abs(middle) + 1e-6)
    away, theirs = values - middle, real - middle
    far = np.zeros_like(away)
    for sign in (1.0, -1.0):
        of_side = np.where(sign * theirs >= 0, np.abs(theirs), np.nan)
        spread = np.maximum(TO_SD * np.nanmedian(of_side, axis=0), least)
        far = np.where(sign * away > 0, np.abs(away) / spread, far)
    return np.asarray(np.minimum(far, MOST).max(axis=1), dtype=np.float64)


def conformal(values: Values, real: Values) -> Values:
    """Return for each row the share of real rows at least as odd, itself counted: a p of "one of the real ones".

    Cross-conformal (Vovk, Ann. Math. Artif. Intell. 74:9, 2015): the real rows of a fifth are measured, as `values`
    are, by the other four fifths. Rows of the real distribution have p below 0.05 about one time in twenty; fewer than
    two real rows say nothing (p 1).
    """
    n, folds = len(real), min(FOLDS, len(real))
    if n < 2:
        return np.ones(len(values))
    as_odd = np.zeros(len(values))
    for fold in range(folds):
        inside = np.arange(n) % folds == fold
        usual = np.sort(oddness(real[inside], real[~inside]))
        as_odd += len(usual) - np.searchsorted(usual, oddness(values, real[~inside]) - 1e-12)
    return np.asarray((1.0 + as_odd) / (n + 1.0))
