"""Some of the modalities of rows, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from shisaku.learn.examples import Examples


def viewed(rows: Examples, names: Sequence[str]) -> Examples:
    """Return `rows` with the columns of the named views alone, in that order; no name means all of them.

    Raises KeyError for a view that the rows have not.
    """
    if not names or not rows.views or set(names) == set(rows.views):
        return rows
    spans = {name: rows.views[name] for name in names}
    start, views = 0, {}
    for name, (first, end) in spans.items():
        views[name] = (start, start + end - first)
        start += end - first
    x = np.concatenate([rows.x[:, slice(*span)] for span in spans.values()], axis=1)
    return replace(rows, x=x, views=views)


def visible(rows: Examples) -> tuple[Examples, npt.NDArray[np.intp]]:
    """Return the rows that have at least one of their views, and their places: of others nothing can be learnt or said.

    A view is there as a whole or not at all, so its first column tells.
    """
    starts = [start for start, _ in rows.views.values()] or [0]
    there = np.flatnonzero(~np.isnan(rows.x[:, starts]).all(axis=1))
    return rows if len(there) == len(rows) else rows.take(there), there
