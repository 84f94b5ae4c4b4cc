"""Permutations of which side an item is on, that keep together what belongs together."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def permuted_sides(
    made: Bools, entities: Ints, rng: np.random.Generator, draws: int, strata: Ints | None = None
) -> Bools:
    """Return [draws, n] permutations of `made` under "real and made items are exchangeable".

    The items of an entity that lies on one side change sides together, with other such entities (of the same stratum
    where `strata` are given); an entity that has items on both (a real item and what was made from it) permutes them
    within itself.
    """
    unit, stratum, side = _units(made, entities, strata)
    home = np.argsort(stratum, kind="stable")
    found = np.empty((draws, len(made)), np.bool_)
    drawn = np.empty_like(side)
    for draw in range(draws):
        drawn[home] = side[np.lexsort((rng.random(len(side)), stratum))]
        found[draw] = drawn[unit]
    return found


def _units(made: Bools, entities: Ints, strata: Ints | None) -> tuple[Ints, Ints, Bools]:
    """Return the unit of every row, and the stratum and side of every unit."""
    fold = np.zeros(len(made), np.intp) if strata is None else strata
    code = np.unique(entities, return_inverse=True)[1].ravel()
    n = np.bincount(code)
    own = np.bincount(code, made)
    both = ((own > 0) & (own < n))[code]
    # A row of its own within an entity on both sides, all rows of the entity otherwise.
    name = np.where(both, len(n) + np.arange(len(made)), code)
    _, first, unit = np.unique(name, return_index=True, return_inverse=True)
    stratum = np.where(both[first], fold.max(initial=0) + 1 + code[first], fold[first])
    return unit.ravel().astype(np.intp), stratum.astype(np.intp), made[first]


def rank_areas(scores: npt.ArrayLike, sides: Bools) -> Floats:
    """Return for each row of `sides` [draws, n] the area under the ROC curve of `scores` [n]; ties count half."""
    from scipy.stats import rankdata

    ranks = rankdata(np.asarray(scores, np.float64))
    n = sides.sum(axis=1).astype(np.float64)
    others = sides.shape[1] - n
    above = sides @ ranks - n * (n + 1.0) / 2.0
    pairs = n * others
    found: Floats = np.divide(above, pairs, out=np.full(len(pairs), 0.5), where=pairs > 0)
    return found


def p_of(observed: float, drawn: npt.ArrayLike) -> float:
    """Return the p of "no larger than under the null": (draws as large + 1) / (draws + 1)."""
    found = np.asarray(drawn, np.float64)
    return float((int((found >= observed - 1e-12).sum()) + 1) / (len(found) + 1))


def parts_of(entities: Ints, parts: int, rng: np.random.Generator) -> Ints:
    """Deal entities to parts of nearly equal size, the largest first, in a random order among equals."""
    names, code = np.unique(entities, return_inverse=True)
    sizes = np.bincount(code.ravel(), minlength=len(names))
    order = np.lexsort((rng.random(len(names)), -sizes))
    if sizes.max(initial=1) == 1:
        of = np.empty(len(names), np.intp)
        of[order] = np.arange(len(names)) % parts
        return np.asarray(of[code.ravel()])
    held: list[Any] = [0] * parts
    of = np.empty(len(names), np.intp)
    for entity in order:
        least = min(range(parts), key=held.__getitem__)
        of[entity], held[least] = least, held[least] + int(sizes[entity])
    return np.asarray(of[code.ravel()])


def drawn_entities(entities: Ints, size: int, rng: np.random.Generator) -> Ints:
    """Return the places of `size` items, entity by entity in a random order, the last cut off; sorted."""
    names, code = np.unique(entities, return_inverse=True)
    turn = rng.permutation(len(names))[code.ravel()]
    return np.sort(np.argsort(turn, kind="stable")[:size])
