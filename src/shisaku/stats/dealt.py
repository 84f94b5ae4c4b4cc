"""Folds for cross-validation that no entity straddles and that no order of rows changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shisaku.core.seed import key_for


def dealt(labels: Sequence[str], groups: Sequence[str], folds: int, *key: object) -> npt.NDArray[np.intp]:
    """Return the fold of every row [n]: entities are dealt label by label, in the order of a hash of `key` and name.

    An entity of several labels counts for the one that sorts first; every fold gets every label where there are
    enough entities. Another `key` (a seed, the number of a repeat) is another division.
    """
    first: dict[str, str] = {}
    for label, group in zip(labels, groups, strict=True):
        first[group] = min(label, first.get(group, label))
    order = sorted(first, key=lambda group: (first[group], key_for(*key, group)))
    fold = {group: place % folds for place, group in enumerate(order)}
    return np.array([fold[group] for group in groups], dtype=np.intp)
