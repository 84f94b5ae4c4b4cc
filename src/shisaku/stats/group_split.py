"""One division of labelled items into splits of given sizes: stratified by class, no group in two of them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]
MOST_FOLDS = 20
TRIES = 5
# Above this many groups one exact number of folds is balanced well, and trying others takes long.
MANY_GROUPS = 500


def group_split(labels: Sequence[str], groups: Sequence[str], shares: Sequence[Fraction], seed: int) -> Ints:
    """Return the number of the split of each item [n]; `shares` sum to 1.

    The items are cut into folds with scikit-learn (`StratifiedGroupKFold`, or `StratifiedKFold` where every item
    is a group of its own), folds are dealt to the splits where most is lacking, and of several such cuts the one
    nearest to the wanted share of every class is taken. The order of the items does not matter.
    """
    order = sorted(range(len(groups)), key=lambda place: (groups[place], labels[place]))
    classes = np.unique([labels[place] for place in order], return_inverse=True)[1]
    entities = np.unique([groups[place] for place in order], return_inverse=True)[1]
    cuts = (_dealt(folds, classes, shares) for folds in _cuts(classes, entities, shares, seed))
    best = min(cuts, key=lambda split: _miss(split, classes, shares))
    found = np.empty(len(order), np.intp)
    found[order] = best
    return found


def _cuts(classes: Ints, entities: Ints, shares: Sequence[Fraction], seed: int) -> Iterator[Ints]:
    n = int(entities.max()) + 1
    exact = math.lcm(*(share.denominator for share in shares))
    exact = exact if exact <= MOST_FOLDS else MOST_FOLDS
    numbers = {min(exact, n)} if n > MANY_GROUPS else {*range(len(shares), min(MOST_FOLDS, n) + 1)}
    tries = 1 if n > MANY_GROUPS else TRIES
    states = np.random.default_rng(seed).integers(2**31, size=tries)
    return (_folds(classes, entities, k, int(state)) for k in sorted(numbers) for state in states)


def _folds(classes: Ints, entities: Ints, k: int, seed: int) -> Ints:
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    alone = int(entities.max()) + 1 == len(entities)
    # A class of fewer items than folds cannot be in each of them: that is allowed here, so that all folds stay usable.
    k = min(k, int(np.bincount(classes).max()))
    cutter = (StratifiedKFold if alone else StratifiedGroupKFold)(k, shuffle=True, random_state=seed)
    found = np.zeros(len(classes), np.intp)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
        for number, (_, held) in enumerate(cutter.split(np.zeros(len(classes)), classes, None if alone else entities)):
            found[held] = number
    return found


def _dealt(folds: Ints, classes: Ints, shares: Sequence[Fraction]) -> Ints:
    """Deal whole folds, the largest first, to the split that lacks most of the classes in it; none stays empty."""
    k = int(folds.max()) + 1
    counts = np.array([np.bincount(classes[folds == fold], minlength=classes.max() + 1) for fold in range(k)])
    wanted = np.outer([float(share) for share in shares], counts.sum(0))
    held = np.zeros_like(wanted)
    of_fold = np.zeros(k, np.intp)
    for dealt, fold in enumerate(np.argsort(-counts.sum(1), kind="stable")):
        lack = (np.minimum(counts[fold], wanted - held) / counts.sum(0)).sum(1)
        empty = held.sum(1) == 0
        if empty.sum() >= k - dealt:
            lack[~empty] = -np.inf
        of_fold[fold] = int(np.argmax(lack))
        held[of_fold[fold]] += counts[fold]
    return of_fold[folds]


def _miss(split: Ints, classes: Ints, shares: Sequence[Fraction]) -> tuple[int, float]:
    """Return how many classes some split lacks, and the mean squared distance to the wanted shares."""
    total = np.bincount(classes)
    held = np.array([np.bincount(classes[split == one], minlength=len(total)) for one in range(len(shares))])
    wanted = np.array([float(share) for share in shares])[:, None]
    return int((held == 0).sum()), float(np.square(held / total - wanted).mean())
