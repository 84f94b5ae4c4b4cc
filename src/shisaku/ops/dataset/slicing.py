"""Slices of a dataset: by what is known of each sample, and by where its features lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from shisaku.learn.one_thread import one_thread
from shisaku.stats.levels import levels_of

Reals = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SHARED = 0.5
AXES = 16  # principal axes that the discovered slices are cut along


def known_slices(fields: Sequence[Mapping[str, str]]) -> dict[tuple[str, str], Bools]:
    """Return (field, value) -> who is in it, of fields whose values are shared; numbers in bins."""
    found: dict[tuple[str, str], Bools] = {}
    for name in sorted({name for row in fields for name in row}):
        levels = levels_of([row.get(name, "") for row in fields])
        if len(levels.names) < 2 or (not levels.numeric and levels.shared() < SHARED):
            continue
        for place, level in enumerate(levels.names):
            found[name, level] = levels.codes == place
    return found


def discovered_slices(
    rows: Reals, wrong: Bools, explored: Bools, at_least: int, clusters: int, seed: int
) -> dict[tuple[str, str], Bools]:
    """Return slices cut from features: k-means cells, and leaves of a regression tree on the errors.

    Cells and tree are learnt from the `explored` rows alone; errors of the others play no part in where a row falls.
    """
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.tree import DecisionTreeRegressor

    n = int(explored.sum())
    axes = min(AXES, rows.shape[1], n - 1)
    k = min(clusters, n // at_least)
    found: dict[tuple[str, str], Bools] = {}
    if axes < 1 or k < 2:
        return found
    with one_thread():
        seen = PCA(axes, svd_solver="full").fit(rows[explored])
        flat = seen.transform(rows)
        cells = KMeans(k, n_init=4, random_state=seed).fit(flat[explored]).predict(flat)
        tree = DecisionTreeRegressor(max_leaf_nodes=8, min_samples_leaf=at_least, random_state=seed)
        leaves = tree.fit(flat[explored], wrong[explored].astype(np.float64)).apply(flat)
    for name, codes in (("cluster", cells), ("tree leaf", leaves)):
        different = np.unique(codes)
        if len(different) > 1:
            found |= {(name, str(place)): codes == code for place, code in enumerate(different)}
    return found
