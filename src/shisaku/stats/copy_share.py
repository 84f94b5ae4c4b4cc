"""Whether made items lie nearer to the real items that were used than to real items that were not."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.stats.clusters import Clustered, cluster_t
from shisaku.stats.proportions import clopper_pearson

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Share:
    """A mean of values in [0, 1] with its interval, and the number of independent units that it rests on."""

    value: float
    low: float
    high: float
    units: int


def chance_nearer(
    distances: npt.NDArray[np.floating[Any]], used: npt.NDArray[np.bool_], n_used: npt.ArrayLike, n_held: npt.ArrayLike
) -> Floats:
    """Return for each row the chance that the nearest used item is nearer than the nearest held-out one.

    As many are drawn of the larger side as the smaller one has.
    `distances` [n, k] of the k nearest items of both sides together, nearest first (infinite: there is none), and
    `used` [n, k] which side each is of; `n_used`, `n_held` the sizes of the sides, for each row or for all. The mean
    over all draws is known in closed form (hypergeometric), so that no draw is made; equally near items count half. A
    list that holds items of one side only counts as if the other side's came right behind it.
    """
    n = len(distances)
    big = np.broadcast_to(np.asarray(n_used, np.float64), n), np.broadcast_to(np.asarray(n_held, np.float64), n)
    there = np.isfinite(distances)
    first_used = np.where(used & there, distances, np.inf).min(axis=1, initial=np.inf)[:, None]
    first_held = np.where(~used & there, distances, np.inf).min(axis=1, initial=np.inf)[:, None]
    more_used = big[0] >= big[1]
    found = np.zeros(n)
    for strictly in (True, False):
        ahead_used = (used & there & (distances < first_held if strictly else distances <= first_held)).sum(axis=1)
        ahead_held = (~used & there & (distances < first_used if not strictly else distances <= first_used)).sum(axis=1)
        by_used = 1.0 - _none_drawn(big[0], np.minimum(*big), ahead_used)
        by_held = _none_drawn(big[1], np.minimum(*big), ahead_held)
        found += np.where(more_used, by_used, by_held)
    return np.asarray(found / 2.0, np.float64)


def _none_drawn(of: Floats, drawn: Floats, ahead: npt.NDArray[np.int_]) -> Floats:
    """Return the chance that a draw of `drawn` out of `of` holds none of the `ahead` first ones."""
    chance = np.ones(len(of))
    for j in range(int(ahead.max(initial=0))):
        left = np.divide(of - drawn - j, of - j, out=np.zeros_like(chance), where=of > j)
        chance = np.where(j < ahead, chance * np.maximum(0.0, left), chance)
    return chance


def share_of(values: Floats, *groupings: Sequence[Hashable], level: float = 0.95) -> Share:
    """Return the mean of values in [0, 1] with the widest of its intervals over the `groupings`.

    Where every value is 0 or 1 and stands alone in its group the interval is the exact binomial one (Clopper and
    Pearson); else it is the t interval of cluster means (`stats.clusters.cluster_t`), and where the values do not
    differ the exact one of as many units as there are groups. Raises ValueError for no values.
    """
    if not len(values):
        raise ValueError("needs at least one value")
    found = [_grouped(values, grouping, level) for grouping in groupings or (range(len(values)),)]
    low, high = min(one.low for one in found), max(one.high for one in found)
    return Share(float(values.mean()), low, high, min(one.units for one in found))


def _grouped(values: Floats, grouping: Sequence[Hashable], level: float) -> Share:
    place = {name: i for i, name in enumerate(dict.fromkeys(grouping))}
    codes, mean, units = np.array([place[name] for name in grouping]), float(values.mean()), len(place)
    alone = units == len(values) and bool(np.isin(values, (0.0, 1.0)).all())
    if alone or units < 2 or float(np.ptp(values)) == 0.0:
        hits = round(mean * units)
        return Share(mean, *clopper_pearson(hits, units, level), units)
    estimate = cluster_t(Clustered.of(values[None], np.zeros(len(values)), codes))
    tail = (1.0 - level) / 2.0
    return Share(mean, max(0.0, estimate.low(tail)), min(1.0, estimate.high(tail)), units)
