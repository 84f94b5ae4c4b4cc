"""How alike two items must be for one to be a copy of the other: more than any two real items of two groups are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

EXACT = 1 - 1e-6  # the cosine of a copy; rounding must not hide it
TWINS = 0.01  # with more real items that equal one of another group, equality tells nothing
NEARER = 16  # (1 - cosine) is a squared distance: four times nearer than any two real items of two groups
BLOCK = 1024
QUANTILE = 0.999
Rows = npt.NDArray[Any]


def copy_bound(rows: Rows, groups: Sequence[str]) -> float:
    """Return the cosine above which an item is a copy: one that unit `rows` of two groups do not come near.

    Infinite where real items of two groups are often equal, as short texts are; of one group alone only equal ones.
    """
    found = across_groups(rows, groups)
    twins = found > EXACT
    if twins.sum() > TWINS * len(rows):
        return float("inf")
    closest = float(found[~twins].max(initial=-1.0))
    return min(1.0 - (1.0 - closest) / NEARER, EXACT) if closest > -1.0 else EXACT


def own_likeness(rows: Rows, groups: Sequence[str]) -> float:
    """Return how near (cosine) unit `rows` come to those of other groups, the 99.9th percentile; -1 for one group."""
    return float(np.quantile(across_groups(rows, groups), QUANTILE)) if len(set(groups)) > 1 else -1.0


def across_groups(rows: Rows, groups: Sequence[str]) -> Rows:
    """Return [n] each unit row's largest cosine to a row of another group, -1 where there is none."""
    code = np.unique(np.array(groups, np.str_), return_inverse=True)[1].ravel()
    found = np.full(len(rows), -1.0)
    for start in range(0, len(rows), BLOCK):
        block = slice(start, start + BLOCK)
        alike = rows[block] @ rows.T
        alike[code[block, None] == code] = -1.0
        found[block] = alike.max(axis=1)
    return found
