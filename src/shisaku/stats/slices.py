"""Whether a slice of the rows has a higher rate than the rest, with entities kept whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.proportions import clopper_pearson

Codes = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Excess:
    """Rate inside and outside a slice, the interval of the rate inside, and the one-sided p of "no higher inside"."""

    inside: float
    outside: float
    low: float
    high: float
    n: int
    p: float


def excess(hits: Bools, inside: Bools, entities: Codes, level: float = 0.95) -> Excess:
    """Return how much higher the rate of `hits` is inside the slice than outside. Raises ValueError if a side is empty.

    Where every entity is one row: Fisher's exact test and the exact interval. Else Student's t over linearised entity
    totals, with one degree of freedom less than the smaller side has entities.
    """
    n, rest = int(inside.sum()), int((~inside).sum())
    if not n or not rest:
        raise ValueError(f"needs rows on both sides, got {n} and {rest}")
    own, other = float(hits[inside].mean()), float(hits[~inside].mean())
    if len(np.unique(entities)) == len(entities):
        from scipy.stats import hypergeom

        k = int(hits[inside].sum())
        p = float(hypergeom.sf(k - 1, len(hits), int(hits.sum()), n))
        return Excess(own, other, *clopper_pearson(k, n, level), n, p)
    return _clustered(hits.astype(np.float64), inside, entities, own, other, level)


def _clustered(
    hits: npt.NDArray[np.float64], inside: Bools, entities: Codes, own: float, other: float, level: float
) -> Excess:
    from scipy.stats import t

    n = int(inside.sum())
    groups = np.unique(entities, return_inverse=True)[1]
    within = np.bincount(groups, weights=np.where(inside, (hits - own) / n, 0.0))
    beyond = np.bincount(groups, weights=np.where(inside, 0.0, (hits - other) / (~inside).sum()))
    free = min(len(np.unique(groups[inside])), len(np.unique(groups[~inside]))) - 1
    if free < 1:
        return Excess(own, other, 0.0, 1.0, n, 1.0)
    widen = (free + 1) / free
    # One row changing sides on each side is the least that can be known.
    floor = 0.25 / n**2
    spread = float(np.sqrt(max(widen * float(((within - beyond) ** 2).sum()), floor)))
    alone = float(np.sqrt(max(widen * float((within**2).sum()), floor)))
    reach = float(t.ppf((1.0 + level) / 2.0, free)) * alone
    return Excess(
        own, other, max(0.0, own - reach), min(1.0, own + reach), n, float(t.sf((own - other) / spread, free))
    )
