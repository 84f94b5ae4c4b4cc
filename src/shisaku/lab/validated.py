"""Training rows that a learner may choose by (when to stop), whole groups of them."""

from __future__ import annotations

import numpy as np

from shisaku.core.seed import rng_for
from shisaku.learn.examples import Examples


def set_apart(rows: Examples, share: float, seed: int, key: str) -> tuple[Examples, Examples | None]:
    """Return training rows and `share` of their groups set apart, real ones only; nothing is set apart at 0.

    A made row whose group is set apart leaves the training rows too: it descends from what the learner chooses by. A
    class never loses its last group; where nothing could be spared there are no rows to choose by.
    """
    if not share or not len(rows):
        return rows, None
    names = sorted({group for group, made in zip(rows.groups, rows.made, strict=True) if not made})
    apart: set[str] = set()
    left: dict[int, set[str]] = {}
    for group, code, made in zip(rows.groups, rows.y, rows.made, strict=True):
        if not made:
            left.setdefault(int(code), set()).add(group)
    for place in rng_for(seed, "set apart", key).permutation(len(names)):
        if len(apart) >= round(share * len(names)):
            break
        group = names[place]
        if all(len(groups - {group}) > 0 for groups in left.values() if group in groups):
            apart.add(group)
            for groups in left.values():
                groups.discard(group)
    out = np.array([group in apart for group in rows.groups])
    if not out.any():
        return rows, None
    return rows.take(~out), rows.take(out & ~rows.made)
