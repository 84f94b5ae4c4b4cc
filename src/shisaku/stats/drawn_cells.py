"""Draws of the shares of cells (class x action) that a study measured, to say what follows from its uncertainty."""

from __future__ import annotations

import math

import numpy as np

from shisaku.stats.estimate import Floats

DRAWS = 4000
BLOCK = 250


def drawn_over_splits(cells: Floats, factor: float, rng: np.random.Generator, draws: int = DRAWS) -> Floats:
    """Return [draws, ...] means of `cells` [splits, ...] over splits that are drawn anew.

    One split fewer is drawn than there are, so that the variance is unbiased (Rao and Wu, JASA 83:231, 1988), and the
    deviation from the mean is multiplied by the root of `factor` x splits: with 1 / splits + n_test / n_train that is
    the correction of Nadeau and Bengio for splits that overlap (Machine Learning 52:239, 2003). Raises ValueError for
    fewer than two splits or numbers that are not finite.
    """
    splits = len(cells)
    if splits < 2 or not np.isfinite(cells).all():
        raise ValueError(f"needs finite cells of two splits or more, got {splits}")
    mean = cells.mean(axis=0)
    shares = rng.multinomial(splits - 1, np.full(splits, 1 / splits), size=draws) / (splits - 1)
    deviation = np.tensordot(shares, cells - mean, axes=1)
    return np.asarray(mean + math.sqrt(factor * splits) * deviation)


def drawn_over_clusters(sums: Floats, counts: Floats, rng: np.random.Generator, draws: int = DRAWS) -> Floats:
    """Return [draws, K, A] cells from `sums` [splits, clusters, K, A] and `counts` [clusters, K] of items.

    Splits and clusters of a fixed test set are both drawn anew, one fewer of each than there are. A draw in which a
    class has no cluster takes that class as it was measured. Raises ValueError for fewer than two clusters.
    """
    splits, clusters, classes, actions = sums.shape
    if clusters < 2 or counts.shape != (clusters, classes):
        raise ValueError(f"needs two clusters or more with counts per class, got {sums.shape} and {counts.shape}")
    flat = sums.reshape(splits, -1)
    usual = sums.mean(axis=0).sum(axis=0) / np.maximum(counts.sum(axis=0), 1.0)[:, None]
    found = np.empty((draws, classes, actions))
    for start in range(0, draws, BLOCK):
        size = min(BLOCK, draws - start)
        over = _weights(rng, splits, size) @ flat
        among = _weights(rng, clusters, size)
        won = np.einsum("dc,dcka->dka", among, over.reshape(size, clusters, classes, actions))
        seen = among @ counts
        there = seen > 0
        found[start : start + size] = np.where(there[:, :, None], won / np.where(there, seen, 1.0)[:, :, None], usual)
    return found


def _weights(rng: np.random.Generator, units: int, size: int) -> Floats:
    if units == 1:
        return np.ones((size, 1))
    return np.asarray(rng.multinomial(units - 1, np.full(units, 1 / units), size=size) / (units - 1))
