"""Retrieval instead of generation: the rows of another real source that lie nearest to the training items."""

from __future__ import annotations

import numpy as np

from shisaku.core.arm import Arm
from shisaku.lab.bench import Bench
from shisaku.lab.items import Index


def nearest_rows(bench: Bench, arm: Arm, allowed: Index, train: Index) -> tuple[Index, Index]:
    """Return positions in the arm's stream of the `nearest` rows (cosine) of every training item, and their codes.

    Every row comes once. One with a label of the study keeps it; any other bears that of the item it is nearest to.
    """
    if not len(allowed) or not len(train):
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    cosines = bench.alike_rows[""][train] @ bench.alike_rows[arm.stream][allowed].T
    k = min(arm.nearest, len(allowed))
    # Ties go to the row that comes first: ids are sorted, so the choice does not depend on an order of arrival.
    top = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    found = np.unique(top)
    nearest = train[cosines[:, found].argmax(axis=0)]
    rows = allowed[found]
    own = bench.codes[arm.stream][rows]
    return rows, np.where(own >= 0, own, bench.y[nearest]).astype(np.intp)
