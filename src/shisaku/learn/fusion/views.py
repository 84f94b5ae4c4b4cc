"""The views (modalities) of rows: where they are, which are there, and rows transformed view by view."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from shisaku.learn.examples import Examples
from shisaku.learn.rows import RowTransform, transform_rows

Mask = npt.NDArray[np.bool_]
ALL = "feature"


def spans(rows: Examples) -> Mapping[str, tuple[int, int]]:
    """Return the columns [start, end) of every view; rows that name none have one."""
    return rows.views or {ALL: (0, rows.x.shape[1])}


def present(rows: Examples) -> Mask:
    """Return which views are there, [n, views]: those without a NaN."""
    found = [~np.isnan(rows.x[:, start:end]).any(axis=1) for start, end in spans(rows).values()]
    return np.stack(found, axis=1)


def transformed(rows: Examples, kind: RowTransform) -> Examples:
    """Return the rows with every view transformed by itself; what is missing stays NaN."""
    if kind == "none":
        return rows
    x = rows.x.copy()
    for (start, end), there in zip(spans(rows).values(), present(rows).T, strict=True):
        x[there, start:end] = transform_rows(rows.x[there, start:end], kind)
    return rows.seen(x)
