"""What an arm does per item in use, weighed by a matrix [classes, actions], with the interval of the study's own test.

With costs as the matrix that is money; with ones for missed items it is how often one is missed, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shisaku.core.seed import rng_for
from shisaku.lab.business.answered import Answered
from shisaku.stats.cost_interval import cost_change_of_models
from shisaku.stats.drawn_cells import drawn_over_clusters, drawn_over_splits
from shisaku.stats.estimate import Estimate, Floats, TEstimate
from shisaku.stats.resplit import nadeau_bengio, resplit_variance_factor

LEAST = 2  # splits, and groups of a fixed test set


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what was measured: one fixed test set or splits that overlap, how many items of each, and the error to spend.

    `tail` is one-sided; `seed` and `key` name the random numbers of intervals.
    """

    fixed: bool
    n_test: float
    n_train: float
    tail: float
    seed: int
    key: str


def told(found: Estimate | None, tail: float, per: float = 1.0) -> dict[str, Any] | None:
    """Return an estimate times `per` with its two-sided interval as plain data; None where nothing can be said."""
    if found is None:
        return None
    low, high = found.low(tail), found.high(tail)
    if not (np.isfinite(low) and np.isfinite(high)):
        return None
    return {
        "effect": found.mean * per, "low": low * per, "high": high * per, "method": found.method,
        "level": 1 - 2 * tail,
    }  # fmt: skip


def told_level(found: Estimate | None, weights: Floats, tail: float, per: float = 1.0) -> dict[str, Any] | None:
    """Return a level as `told` does, its interval cut at the least and the most that an item can count."""
    plain = told(found, tail, per)
    if plain is None:
        return None
    return {**plain, "low": max(plain["low"], weights.min() * per), "high": min(plain["high"], weights.max() * per)}


def level(arm: Answered, weights: Floats, grounds: Grounds) -> Estimate | None:
    """Return the estimate of what the arm does per item in use; None where too little was tested."""
    return _estimate(arm, [weights[one.test.truth, done] for one, done in _pairs(arm)], weights, grounds)


def change(arm: Answered, base: Answered, weights: Floats, grounds: Grounds) -> Estimate | None:
    """Return the estimate of (arm - base) per item in use, item by item; None where too little was tested."""
    if len(arm.held) != len(base.held):
        return None
    values = [weights[one.test.truth, new] - weights[one.test.truth, old]
              for (one, new), (_, old) in zip(_pairs(arm), _pairs(base), strict=True)]  # fmt: skip
    return _estimate(arm, values, weights, grounds)


def drawn_cells(arm: Answered, base: Answered, grounds: Grounds, rng: np.random.Generator, draws: int) -> Floats:
    """Return [draws, K, A]: the measured change (arm - base) of the share of each action, drawn anew."""
    if grounds.fixed:
        return drawn_over_clusters(*_by_cluster(arm, base), rng, draws)
    found = arm.cells() - base.cells()
    return drawn_over_splits(found, resplit_variance_factor(len(found), grounds.n_test, grounds.n_train), rng, draws)


def per_item(cells: Floats, weights: Floats, shares: Floats) -> Floats:
    """Return [draws]: what cells [draws, K, A] amount to per item in use, weighed by [K, A] or [draws, K, A]."""
    return np.asarray((cells * weights).sum(axis=2) @ shares)


def _estimate(arm: Answered, values: list[Floats], weights: Floats, grounds: Grounds) -> Estimate | None:
    if len(values) < (1 if grounds.fixed else LEAST):
        return None
    first = arm.held[0].test
    if grounds.fixed:
        if len(set(first.groups)) < LEAST:
            return None
        rng = rng_for(grounds.seed, "business", grounds.key)
        return cost_change_of_models(np.stack(values), first.truth, weights, arm.shares, first.groups, rng)
    return _over_splits(arm, values, weights, grounds)


def _over_splits(arm: Answered, values: list[Floats], weights: Floats, grounds: Grounds) -> Estimate:
    """Return Nadeau-Bengio's t; its least variance is that of one item of the class where an item weighs most."""
    counts = np.array([np.bincount(one.test.truth, minlength=len(arm.shares)) for one in arm.held]).mean(axis=0)
    used = arm.shares > 0
    means = [
        sum(share * float(value[one.test.truth == k].mean()) for k, share in enumerate(arm.shares) if share > 0)
        for one, value in zip(arm.held, values, strict=True)
    ]
    heaviest = arm.shares[used] * np.ptp(weights[used], axis=1) / counts[used]
    unit = grounds.n_test * float(heaviest.max()) or 1.0
    tested = len({item for one in arm.held for item in one.test.items})
    found = nadeau_bengio(np.array(means) / unit, grounds.n_test, grounds.n_train, tested)
    return TEstimate(found.mean * unit, found.se * unit, found.df, found.method)


def _pairs(arm: Answered) -> list[tuple[Any, Any]]:
    return list(zip(arm.held, arm.actions, strict=True))


def _by_cluster(arm: Answered, base: Answered) -> tuple[Floats, Floats]:
    """Return [splits, clusters, K, A] of how often the arm did what base did not, and [clusters, K] item counts."""
    first, classes = arm.held[0].test, len(arm.shares)
    names, cluster = np.unique(np.asarray(first.groups), return_inverse=True)
    shape = (len(names), classes, arm.n_actions)
    sums = np.zeros((len(arm.held), *shape))
    for split, (new, old) in enumerate(zip(arm.actions, base.actions, strict=True)):
        np.add.at(sums[split], (cluster, first.truth, new), 1.0)
        np.add.at(sums[split], (cluster, first.truth, old), -1.0)
    counts = np.zeros(shape[:2])
    np.add.at(counts, (cluster, first.truth), 1.0)
    return sums, counts
