"""Finds near copies of the test items among rows that were brought without ancestors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.lab.bench import Bench
from shisaku.lab.items import Index
from shisaku.lab.splits import fold_of
from shisaku.lab.streams import fixed_streams

QUANTILE = 0.999
BLOCK = 1024
Rows = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Contaminated:
    """Ids of the rows nearer to a test item than training items are to each other, and the threshold."""

    hits: frozenset[str]
    threshold: float


def unknown_origin(bench: Bench, stream: str) -> bool:
    """Return whether any row of a stream was brought without ancestors: only such rows may be copies of anything."""
    return not all(bench.data.streams[stream].parents)


def near_test(bench: Bench, stream: str, train: Index, test: Index, key: int) -> Contaminated:
    """Find rows of `stream` whose cosine to a test item is above what train against validation shows.

    The threshold is the 99.9th percentile of each training item's largest cosine to training items of
    other inner folds, groups kept apart: how alike honest neighbours are here (law 8). Where nothing real is
    trained on, only copies count.
    """
    rows, trained = bench.alike_rows, bench.spec.train == "real"
    honest = _neighbours(bench, train, key) if trained else []
    threshold = float(np.quantile(np.concatenate(honest), QUANTILE)) if honest else 1.0
    tested = [rows[""][test]] if trained else []
    tested += [rows[name] for name in sorted(fixed_streams(bench.spec))]
    found = nearest(rows[stream], np.concatenate(tested))
    ids = bench.data.streams[stream].ids
    # A copy has cosine 1 whatever the threshold; rounding must not hide it.
    hits = (found > threshold) | (found > 1 - 1e-6)
    return Contaminated(frozenset(ids[i] for i in np.flatnonzero(hits)), threshold)


def _neighbours(bench: Bench, train: Index, key: int) -> list[Rows]:
    """Return how near each training item comes to training items of other inner folds."""
    folds = fold_of(bench.data.real, train, max(2, bench.spec.folds), bench.spec.split_seed, key)
    inside = bench.alike_rows[""][train]
    return [
        nearest(inside[folds == fold], inside[folds != fold])
        for fold in np.unique(folds)
        if (folds != fold).any()
    ]  # fmt: skip


def nearest(rows: Rows, among: Rows) -> Rows:
    """Return for each row its largest dot product with the rows of `among` (the cosine, for unit rows)."""
    parts = [(rows[start : start + BLOCK] @ among.T).max(axis=1) for start in range(0, len(rows), BLOCK)]
    return np.concatenate(parts) if parts else np.zeros(0)
