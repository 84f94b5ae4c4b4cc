"""What the worst lots or days cost: the mean of the dearest ones (conditional value at risk)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.core.seed import rng_for
from shisaku.stats.bounded_mean import group_codes
from shisaku.stats.estimate import Floats

SHARE = 0.05
ENOUGH = 10
DRAWS = 4000
BLOCK = 500
# A resample whose tail hardly varies would make a studentised deviation without limit.
LEAST_SE = 0.2


@dataclass(frozen=True, slots=True)
class TailMean:
    """The mean cost of the dearest `share` of `lots`, with its interval; ends are None where it is not known.

    It is not known with fewer than 10 lots in the tail, or where they all cost the same. From 10 on a nominal 95 %
    covered 91 to 98 % of simulated worlds. What no lot has yet shown is in no end: a kind of accident rarer than one
    lot in `lots` is not covered.
    """

    value: float
    low: float | None
    high: float | None
    share: float
    lots: int


def lot_costs(costs: npt.ArrayLike, lots: Sequence[object] | npt.NDArray[np.generic]) -> Floats:
    """Return the summed cost of each lot, of the costs of its items. Raises ValueError for a cost that is no number."""
    each = np.asarray(costs, dtype=np.float64)
    if each.ndim != 1 or not each.size or not np.isfinite(each).all():
        raise ValueError(f"needs a finite cost per item, at least one, got shape {each.shape}")
    found: Floats = np.bincount(group_codes(lots, len(each)), weights=each).astype(np.float64)
    return found


def tail_mean(
    costs: npt.ArrayLike, share: float = SHARE, *, level: float = 0.95, seed: int = 0, draws: int = DRAWS
) -> TailMean:
    """Return the mean of the dearest `share` of lot costs (Rockafellar and Uryasev, Journal of Risk 2:21, 2000).

    It is the least over c of c + mean(max(cost - c, 0)) / share; where the share cuts a lot in two, that part counts.
    The interval resamples lots. Its lower end is the smaller of the percentile and the studentised one, its upper end
    the larger: percentiles alone lie too low for costs with a long tail (Efron and Tibshirani 1993, chapter 12 for the
    bootstrap-t; the standard error is that of the excess over c). Raises ValueError for a share outside (0, 1) or a
    cost that is no number.
    """
    x = np.asarray(costs, dtype=np.float64)
    if x.ndim != 1 or not x.size or not np.isfinite(x).all() or not 0.0 < share < 1.0:
        raise ValueError(f"needs finite costs of lots and a share inside (0, 1), got shape {x.shape} and {share}")
    value, se = (float(one) for one in _tail(np.sort(x)[None, ::-1], share)[:, 0])
    if share * len(x) < ENOUGH - 1e-9 or se <= 1e-12 * abs(value):
        return TailMean(value, None, None, share, len(x))
    rng, found = rng_for(seed, "tail_mean", ""), np.empty((2, draws))
    ordered = np.sort(x)  # so that no order of the lots decides
    for start in range(0, draws, BLOCK):
        part = slice(start, min(start + BLOCK, draws))
        drawn = ordered[rng.integers(len(x), size=(part.stop - start, len(x)))]
        found[:, part] = _tail(-np.sort(-drawn, axis=1), share)
    tails = ((1.0 - level) / 2.0, (1.0 + level) / 2.0)
    plain = np.quantile(found[0], tails)
    turned = np.quantile((found[0] - value) / np.maximum(found[1], LEAST_SE * se), tails)
    low, high = min(plain[0], value - turned[1] * se), max(plain[1], value - turned[0] * se)
    return TailMean(value, float(low), float(high), share, len(x))


def _tail(falling: Floats, share: float) -> Floats:
    """Return the tail mean and its standard error [2, rows] of rows of costs in falling order."""
    n = falling.shape[1]
    size = share * n
    whole = min(math.floor(size + 1e-9), n - 1)
    edge = falling[:, whole]
    mean = (falling[:, :whole].sum(axis=1) + (size - whole) * edge) / size
    excess = np.maximum(falling - edge[:, None], 0.0)
    spread = excess.std(axis=1, ddof=1) if n > 1 else np.zeros(len(falling))
    return np.array([mean, spread / (share * math.sqrt(n))])
