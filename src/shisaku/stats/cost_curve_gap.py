"""Where along the cost curve one model is shown to be cheaper than another, on items that neither was fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from shisaku.core.seed import rng_for
from shisaku.stats.bounded_mean import group_codes
from shisaku.stats.checked_input import checked_scores
from shisaku.stats.cost_curve import CostCurve
from shisaku.stats.estimate import Floats

GRID = 101
DRAWS = 4000
BLOCK = 500


@dataclass(frozen=True, slots=True)
class CurveGap:
    """Normalised cost of the second model less that of the first at each PC(+) `at`, with a band around all of it."""

    at: Floats
    gap: Floats
    low: Floats
    high: Floats

    def shown(self) -> tuple[tuple[float, float], ...]:
        """Return from where to where the second model is shown to be cheaper, by the points of the grid."""
        below = np.concatenate([[False], self.high < 0, [False]])
        starts, ends = np.flatnonzero(below[1:] & ~below[:-1]), np.flatnonzero(below[:-1] & ~below[1:]) - 1
        return tuple((float(self.at[a]), float(self.at[b])) for a, b in zip(starts, ends, strict=True))


def cost_curve_gap(
    curves: tuple[CostCurve, CostCurve],
    scores: tuple[npt.ArrayLike, npt.ArrayLike],
    truth: npt.ArrayLike,
    groups: Sequence[object] | npt.NDArray[np.generic] | None = None,
    *,
    level: float = 0.95,
    seed: int = 0,
    draws: int = DRAWS,
) -> CurveGap:
    """Return the paired difference of two curves, whose thresholds were chosen on validation items, on test items.

    The band holds at all places together: its half-width is the quantile of the largest deviation, in units of the
    standard error at its place, in a bootstrap of groups (the max-t of Westfall and Young 1993). No standard error is
    taken below what one group of each class changing sides would make, so that places where no item differs are not
    called equal. Raises ValueError for a class without items.
    """
    first, codes = checked_scores(scores[0], truth)
    second, _ = checked_scores(scores[1], truth)
    counts, group = np.bincount(codes).astype(np.float64), group_codes(groups, len(codes))
    if int(group.max()) < 1:
        raise ValueError("needs items in two groups or more")
    at = np.linspace(0.0, 1.0, GRID)
    change = _errors(curves[1], second, codes, at) - _errors(curves[0], first, codes, at)
    sums = np.array([_by_group(change * (codes == k)[:, None], group) for k in (0, 1)])
    seen = np.array([np.bincount(group, weights=codes == k) for k in (0, 1)])
    share = np.array([1.0 - at, at])
    gap = (share * sums.sum(axis=1) / counts[:, None]).sum(axis=0)
    drawn = _drawn(sums, seen, share, rng_for(seed, "cost_curve_gap", ""), draws)
    floor = np.sqrt(((share / (seen > 0).sum(axis=1)[:, None]) ** 2).sum(axis=0))
    se = np.maximum(drawn.std(axis=0, ddof=1), floor)
    least = NormalDist().inv_cdf((1.0 + level) / 2.0)  # of one place alone
    reach = max(least, float(np.quantile(np.abs((drawn - gap) / se).max(axis=1), level))) * se
    return CurveGap(at, gap, gap - reach, gap + reach)


def _errors(curve: CostCurve, scores: Floats, codes: npt.NDArray[np.intp], at: Floats) -> Floats:
    """Return whether each item is answered wrongly at each place [items, places]."""
    positive = scores[:, None] >= curve.thresholds[curve.piece(at)][None]
    found: Floats = (positive != (codes == 1)[:, None]).astype(np.float64)
    return found


def _by_group(values: Floats, group: npt.NDArray[np.intp]) -> Floats:
    found = np.zeros((int(group.max()) + 1, values.shape[1]))
    np.add.at(found, group, values)
    return found


def _drawn(sums: Floats, seen: Floats, share: Floats, rng: np.random.Generator, draws: int) -> Floats:
    """Return draws of the gap [draws, places]; the groups are weighed by exponentials, so that no class can be absent.

    The Bayesian bootstrap of Rubin (Annals of Statistics 9:130, 1981).
    """
    found = np.empty((draws, share.shape[1]))
    for start in range(0, draws, BLOCK):
        part = slice(start, min(start + BLOCK, draws))
        weight = rng.exponential(size=(part.stop - start, seen.shape[1]))
        found[part] = sum(share[k] * (weight @ sums[k]) / (weight @ seen[k])[:, None] for k in (0, 1))
    return found
