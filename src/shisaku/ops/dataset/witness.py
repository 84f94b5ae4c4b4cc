"""Which made samples lie where there are more made samples than real ones, as a kernel sees it."""

from __future__ import annotations

import numpy as np

from shisaku.core.score import Score
from shisaku.ops.dataset.sides import Sides
from shisaku.ops.dataset.standing import share_as_far
from shisaku.stats.kernel_distance import Kernel, kernel_sums


def witness_scores(name: str, sides: Sides, kernel: Kernel) -> list[Score]:
    """Return one Score per made sample, by id: the share of real samples that are as near to the made ones, or nearer.

    `raw` is the mean kernel with the other made samples less that with the real ones.
    """
    real, made = sides.real, sides.made
    if not len(made):
        return []
    rows = np.concatenate([real.rows, made.rows])
    is_made = np.arange(len(rows)) >= len(real)
    sums = kernel_sums(rows, np.stack([~is_made, is_made], axis=1).astype(rows.dtype), kernel)
    # A sample is not its own neighbour.
    own = np.array([kernel(row[None], row[None])[0, 0] for row in rows], np.float64)
    sums[np.arange(len(rows)), is_made.astype(np.intp)] -= own
    among = np.maximum(
        1, np.stack([len(real) - (~is_made).astype(np.intp), len(made) - is_made.astype(np.intp)], axis=1)
    )
    nearer = (sums / among) @ np.array([-1.0, 1.0])
    of_real, of_made = nearer[~is_made], nearer[is_made]
    values = share_as_far(of_real, of_made)
    return [
        Score(id_, name, float(value), float(raw)) for id_, value, raw in zip(made.ids, values, of_made, strict=True)
    ]
