"""What people and models hand in to be reckoned with: costs, shares, classes, probabilities and scores, checked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shisaku.stats.estimate import Floats

Codes = npt.NDArray[np.intp]
SHARES_OFF = 1e-6
ROWS_OFF = 1e-4  # scores are kept in single precision


def checked_costs(costs: npt.ArrayLike) -> Floats:
    """Return the matrix [classes, actions] as numbers. Raises ValueError for a cost that is negative or not finite."""
    table = np.asarray(costs, dtype=np.float64)
    if table.ndim != 2 or len(table) < 1 or table.shape[1] < 2:
        raise ValueError(f"costs need a row per class and a column per action, two or more, got shape {table.shape}")
    if not np.isfinite(table).all() or (table < 0).any():
        raise ValueError("a cost must be a finite number, 0 or more")
    return table


def checked_shares(shares: npt.ArrayLike, classes: int) -> Floats:
    """Return the shares of the classes. Raises ValueError unless there is one for each and they add up to 1."""
    found = np.asarray(shares, dtype=np.float64)
    if found.shape != (classes,):
        raise ValueError(f"needs a share for each of {classes} classes, got shape {found.shape}")
    if not np.isfinite(found).all() or (found < 0).any() or abs(found.sum() - 1) > SHARES_OFF:
        raise ValueError(f"shares must be 0 or more and add up to 1, got {found.tolist()}")
    return found


def checked_codes(codes: npt.ArrayLike, count: int, what: str) -> Codes:
    """Return codes 0..count-1, at least one; true counts as 1. Raises ValueError for anything else."""
    found = np.asarray(codes)
    if found.ndim != 1 or not found.size:
        raise ValueError(f"needs the {what} of one item or more, got shape {found.shape}")
    whole = found.dtype == np.bool_ or np.issubdtype(found.dtype, np.integer)
    if not whole or found.min() < 0 or found.max() >= count:
        raise ValueError(f"the {what} of an item must be a whole number from 0 to {count - 1}")
    return np.asarray(found, dtype=np.intp)


def checked_probabilities(probabilities: npt.ArrayLike, classes: int | None = None) -> Floats:
    """Return a row of probabilities per item. Raises ValueError unless all are 0 or more and every row adds up to 1.

    Rows may be off by what single precision rounds away, and are divided by their sum.
    """
    rows = np.asarray(probabilities, dtype=np.float64)
    if rows.ndim != 2 or not rows.size or rows.shape[1] < 2 or (classes is not None and rows.shape[1] != classes):
        raise ValueError(f"needs a row of {classes or 'two or more'} probabilities per item, got shape {rows.shape}")
    if not np.isfinite(rows).all() or (rows < 0).any() or (abs(rows.sum(axis=1) - 1) > ROWS_OFF).any():
        raise ValueError("probabilities must be 0 or more and add up to 1 in every row")
    found: Floats = rows / rows.sum(axis=1, keepdims=True)
    return found


def checked_answers(probabilities: npt.ArrayLike, truth: npt.ArrayLike) -> tuple[Floats, Codes]:
    """Return rows of probabilities and the class of each item. Raises ValueError where one lacks the other."""
    rows = checked_probabilities(probabilities)
    codes = checked_codes(truth, rows.shape[1], "class")
    if len(codes) != len(rows):
        raise ValueError(f"needs a class per row, got {len(codes)} for {len(rows)}")
    return rows, codes


def checked_scores(scores: npt.ArrayLike, truth: npt.ArrayLike) -> tuple[Floats, Codes]:
    """Return scores and the classes 0 and 1 of the items, both of which occur. Raises ValueError otherwise."""
    x, codes = np.asarray(scores, dtype=np.float64), checked_codes(truth, 2, "class")
    if x.shape != codes.shape or not np.isfinite(x).all():
        raise ValueError(f"needs a finite score per item, got shape {x.shape} for {len(codes)} items")
    positives = int(codes.sum())
    if positives in (0, len(codes)):
        raise ValueError(
            f"needs items of both classes, got {len(codes) - positives} negatives and {positives} positives"
        )
    return x, codes
