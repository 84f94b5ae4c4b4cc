"""Finds copies of the test items: near ones among rows that were brought, exact ones among what was made here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.lab.bench import Bench
from shisaku.lab.copy_bound import EXACT, QUANTILE
from shisaku.lab.items import Index
from shisaku.lab.splits import fold_of
from shisaku.lab.streams import fixed_streams

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
    """Find rows of `stream` whose cosine to a test item is above what honest neighbours show.

    Honest neighbours of the held-out items are training items of other inner folds, each with its largest cosine,
    groups kept apart; of a fixed test set also its own items of other groups: a row from the same source as that set
    is as near to it as they are to each other, and no copy for that. The threshold is their 99.9th percentile (law 8).
    Where nothing real is trained on, only copies count.
    """
    rows, trained = bench.alike_rows, bench.spec.train == "real"
    honest = _neighbours(bench, train, key) if trained else []
    threshold = float(np.quantile(np.concatenate(honest), QUANTILE)) if honest else 1.0
    parts = [(rows[""][test], threshold)] if _held_out_tests(bench) else []
    for name in sorted(fixed_streams(bench.spec)):
        parts.append((rows[name], max(threshold, bench.own_likeness[name]) if trained else threshold))
    hits = np.zeros(len(rows[stream]), dtype=bool)
    for among, bound in parts:
        if len(among):
            found = nearest(rows[stream], among)
            hits |= (found > bound) | (found > EXACT)  # a copy is one whatever the threshold
    ids = bench.data.streams[stream].ids
    return Contaminated(frozenset(ids[i] for i in np.flatnonzero(hits)), threshold)


def _held_out_tests(bench: Bench) -> bool:
    """Whether anything is tested on the real items that a split holds out, or on what was made of them."""
    return bench.spec.train == "real" and any(domain.kind != "external" for domain in bench.spec.domains)


def copies_of_test(bench: Bench, stream: str, test: Index) -> Contaminated:
    """Find items of `stream`, all of whose ancestors are known, that are copies of a test item none of them is.

    A generator that has learnt the data by heart gives out test items under the names of training items. What looks
    alike by chance is none: the bound is nearer than any real item comes to one of another group. Who descends from a
    test item is never trained on in this split and does not count.
    """
    bound = bench.copy_bound
    tested = {bench.data.real.ids[i] for i in test}
    items = bench.data.streams[stream]
    free = np.array([i for i, above in enumerate(items.parents) if not tested.intersection(above)], dtype=np.intp)
    parts = [bench.alike_rows[""][test]] if _held_out_tests(bench) else []
    parts += [bench.alike_rows[name] for name in sorted(fixed_streams(bench.spec))]
    among = np.concatenate(parts) if parts else np.zeros((0, 0))
    if not len(among):
        return Contaminated(frozenset(), bound)
    found = nearest(bench.alike_rows[stream][free], among)
    return Contaminated(frozenset(items.ids[i] for i in free[found > bound]), bound)


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
