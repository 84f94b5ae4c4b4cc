"""Intervals over a fixed test set whose items come in clusters, seen by several trained models.

The effect is the mean over strata (classes for balanced accuracy, one stratum for accuracy) of the mean
difference of correctness, averaged over splits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.estimate import DrawsEstimate, Estimate, Floats, TEstimate

MIN_CLUSTERS = 50
DRAWS = 10_000
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Clustered:
    """Sums of correctness differences per split, cluster and stratum.

    `sums` [splits, clusters, strata]; `counts` [clusters, strata] items; `nested` says that no cluster
    spans two strata.
    """

    sums: Floats
    counts: Floats
    nested: bool

    @classmethod
    def of(cls, differences: npt.ArrayLike, strata: npt.ArrayLike, clusters: npt.ArrayLike) -> Clustered:
        """Collect `differences` [splits, items] (new minus base, in [-1, 1]) by the items' codes.

        Raises ValueError for empty input or fewer than two clusters.
        """
        values = np.atleast_2d(np.asarray(differences, dtype=np.float64))
        stratum = np.unique(np.asarray(strata), return_inverse=True)[1]
        names, cluster = np.unique(np.asarray(clusters), return_inverse=True)
        if values.size == 0 or values.shape[1] != len(stratum) or len(stratum) != len(cluster):
            raise ValueError(f"differences {values.shape} do not fit {len(stratum)} items")
        if len(names) < 2:
            raise ValueError("at least two clusters are needed")
        shape = (len(names), int(stratum.max()) + 1)
        flat = cluster * shape[1] + stratum
        counts = np.bincount(flat, minlength=shape[0] * shape[1]).astype(np.float64)
        sums: Floats = np.array(
            [np.bincount(flat, weights=row, minlength=shape[0] * shape[1]) for row in values], dtype=np.float64
        )
        table = counts.reshape(shape)
        return cls(sums.reshape(len(values), *shape), table, bool(((table > 0).sum(axis=1) == 1).all()))

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return int(self.counts.shape[0])

    def per_split(self) -> Floats:
        """Return the effect in each split."""
        effects: Floats = (self.sums.sum(axis=1) / self.counts.sum(axis=0)).mean(axis=1)
        return effects

    def per_cluster(self) -> Floats:
        """One linearised value per cluster; their mean is the effect."""
        totals = self.counts.sum(axis=0)
        mean = self.sums.mean(axis=0)
        recall = mean.sum(axis=0) / totals
        share = (mean - self.counts * recall) / totals / len(totals)
        values: Floats = float(recall.mean()) + self.n_clusters * share.sum(axis=1)
        return values

    def floor(self) -> float:
        """Return the variance of the effect that one item changing sides would make."""
        return 1.0 / float(self.counts.sum()) ** 2

    def free(self) -> int:
        """Degrees of freedom left between clusters: one mean is fitted per stratum where they are nested."""
        return max(1, self.n_clusters - (self.counts.shape[1] if self.nested else 1))


def cluster_t(data: Clustered) -> TEstimate:
    """Estimate with se^2 = s_cluster^2 / G + s_seed^2 / J, for fewer than 50 clusters.

    s_cluster^2 is the variance of the G linearised cluster values of the split-averaged differences,
    s_seed^2 that of the J split effects. Split noise is in both terms, so the sum errs on the wide side.
    The first term is not taken below 1 / items^2, what one item changing sides would make.
    Degrees of freedom by Satterthwaite (Biometrics Bulletin 2:110, 1946).
    """
    between, seeds, free = _variances(data)
    effects = data.per_split()
    total = between + seeds
    parts = between**2 / free + (seeds**2 / (len(effects) - 1) if len(effects) > 1 else 0.0)
    df = total**2 / parts if parts > 0 else float(free)
    return TEstimate(float(effects.mean()), math.sqrt(total), df, "cluster_t")


def _variances(data: Clustered) -> tuple[float, float, int]:
    """Variance of the mean from clusters and from splits, and the degrees of freedom between clusters."""
    free = data.free()
    values = data.per_cluster()
    between = max(float(((values - values.mean()) ** 2).sum()) / free / data.n_clusters, data.floor())
    effects = data.per_split()
    seeds = float(effects.var(ddof=1)) / len(effects) if len(effects) > 1 else 0.0
    return between, seeds, free


def two_level_bootstrap(data: Clustered, rng: np.random.Generator, draws: int = DRAWS) -> DrawsEstimate:
    """Resample splits and, within strata where clusters are nested in them, clusters; 10,000 draws.

    Each level draws one unit fewer than it has, which makes the bootstrap variance unbiased (Rao and Wu,
    JASA 83:231, 1988); the percentile ends are widened to t with the Satterthwaite degrees of freedom.
    """
    n_splits, _, n_strata = data.sums.shape
    kinds, times = _kinds(data)
    found = np.empty(draws)
    for start in range(0, draws, 1000):
        size = min(1000, draws - start)
        split = _shares(rng, np.ones(n_splits, dtype=np.intp), size)
        weight = _cluster_weights(kinds, times, rng, size)
        recall = np.empty((size, n_strata))
        for stratum in range(n_strata):
            seen = weight @ kinds.counts[:, stratum]
            won = ((split @ kinds.sums[:, :, stratum]) * weight).sum(axis=1)
            recall[:, stratum] = np.divide(won, seen, out=np.full(size, np.nan), where=seen > 0)
        found[start : start + size] = np.nanmean(recall, axis=1)
    return DrawsEstimate(float(data.per_split().mean()), found, cluster_t(data).df, "two_level_bootstrap")


def _kinds(data: Clustered) -> tuple[Clustered, Codes]:
    """Merge clusters that are alike in everything, with how many there are of each: the same draws, far fewer."""
    n_splits, n_clusters, n_strata = data.sums.shape
    flat = data.sums.transpose(1, 0, 2).reshape(n_clusters, -1)
    rows, times = np.unique(np.concatenate([flat, data.counts], axis=1), axis=0, return_counts=True)
    width = n_splits * n_strata
    sums = rows[:, :width].reshape(len(rows), n_splits, n_strata).transpose(1, 0, 2)
    return Clustered(sums, rows[:, width:], data.nested), times


def _shares(rng: np.random.Generator, times: Codes, size: int) -> Floats:
    """Shares [size, kinds] of draws of one unit fewer than there are; a single unit is always drawn."""
    units = int(times.sum())
    if units == 1:
        return np.ones((size, 1))
    return rng.multinomial(units - 1, times / units, size=size) / (units - 1)


def _cluster_weights(kinds: Clustered, times: Codes, rng: np.random.Generator, size: int) -> Floats:
    weight = np.empty((size, len(times)))
    if not kinds.nested:
        weight[:] = _shares(rng, times, size)
        return weight
    home = kinds.counts.argmax(axis=1)
    for stratum in range(kinds.counts.shape[1]):
        members = np.flatnonzero(home == stratum)
        weight[:, members] = _shares(rng, times[members], size)
    return weight


def fixed_test_estimate(data: Clustered, rng: np.random.Generator, draws: int = DRAWS, level: float = 0.0) -> Estimate:
    """Return the interval that decides on a fixed test set: bootstrap from 50 clusters on, cluster t below.

    Where hardly any item differs a bootstrap has nothing to draw from, and where its draws are too few for the least
    one-sided `level` that it will be read at (a first round, many contrasts) it could never show anything: cluster t
    decides too.
    """
    if data.n_clusters < MIN_CLUSTERS:
        return cluster_t(data)
    found = two_level_bootstrap(data, rng, draws)
    reached = not level or math.isfinite(found.low(level))
    return found if reached and float(np.var(found.draws)) > data.floor() else cluster_t(data)
