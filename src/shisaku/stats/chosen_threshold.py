"""The score from which on to answer positive, and the scores to review, chosen on validation items by what they cost.

For scores that are no calibrated probabilities; the choice is frozen, and what it costs is measured on other items.
An item is positive from the threshold on. Thresholds are scores that were seen, so that any rising transform of the
scores gives the same choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from shisaku.stats.checked_input import checked_costs, checked_scores, checked_shares
from shisaku.stats.estimate import Floats
from shisaku.stats.expected_cost import TIE

End = Literal["", "always", "never", "review"]


@dataclass(frozen=True, slots=True)
class ChosenThreshold:
    """Positive from `positive` on, negative below `review`, in between for a person (nowhere if the two are the same).

    `cost` is what an item of the validation set costs then, in use; measured where it was chosen, it flatters.
    `end` says that every validation item is answered positive (``always``), negative (``never``) or is reviewed
    (``review``): the model decides nothing there, and thresholds are infinite. `tied` counts the positive thresholds
    that cost the same.
    """

    positive: float
    review: float
    cost: float
    end: End
    tied: int

    def actions(self, scores: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Return 0 (negative), 1 (positive) or 2 (review) for each score."""
        x = np.asarray(scores, dtype=np.float64)
        return np.where(x >= self.positive, 1, np.where(x >= self.review, 2, 0)).astype(np.intp)


def threshold_by_cost(
    scores: npt.ArrayLike, truth: npt.ArrayLike, costs: npt.ArrayLike, prevalence: npt.ArrayLike
) -> ChosenThreshold:
    """Return the threshold with the least expected cost in use; with a third column of costs also where to review.

    `truth` is 0 or 1. Of choices that cost the same it is the one that sends the fewest items to review, then one at
    neither end, then the middle one. Raises ValueError for scores that are no numbers, or a class without items.
    """
    table = checked_costs(costs)
    if len(table) != 2 or table.shape[1] > 3:
        raise ValueError(f"needs costs of two classes and two answers, with or without review, got {table.shape}")
    edges, loads = cut_loads(scores, truth, checked_shares(prevalence, 2))
    negative, positive = table[:, 0] @ loads, table[:, 1] @ (loads[:, -1:] - loads)
    if table.shape[1] == 2:
        starts = np.arange(len(edges))
        total = negative + positive
    else:
        handed = table[:, 2] @ loads
        starts = _cheapest_starts(negative - handed)
        total = (negative - handed)[starts] + positive + handed
    # What differs by less than the rounding of a few products is the same cost.
    ties = np.flatnonzero(total <= total.min() + TIE * table.max())
    load, last = loads.sum(axis=0), len(edges) - 1
    best = _preferred(ties, load - load[starts])
    ends: dict[tuple[int, int], End] = {(0, 0): "always", (last, last): "never", (0, last): "review"}
    start = int(starts[best])
    return ChosenThreshold(
        float(edges[best]), float(edges[start]), float(total[best]), ends.get((start, best), ""), len(ties)
    )


def cut_loads(scores: npt.ArrayLike, truth: npt.ArrayLike, shares: Floats) -> tuple[Floats, Floats]:
    """Return the cuts and, per class [2, cuts], the share of the items in use that lie below each.

    Cuts are minus infinity, every score but the smallest, and infinity. Raises ValueError for scores that are no
    numbers, or a class without items.
    """
    x, codes = checked_scores(scores, truth)
    counts = np.bincount(codes)
    values, place = np.unique(x, return_inverse=True)
    here = np.array([np.bincount(place[codes == k], minlength=len(values)) for k in (0, 1)], dtype=np.float64)
    below = np.concatenate([np.zeros((2, 1)), here.cumsum(axis=1)], axis=1)
    edges: Floats = np.concatenate([[-math.inf], values[1:], [math.inf]])
    return edges, below / counts[:, None] * shares[:, None]


def _cheapest_starts(costs: Floats) -> npt.NDArray[np.intp]:
    """Return for every cut the last cut up to it that has the least of `costs`: from there on items are reviewed."""
    slack = TIE * float(np.abs(costs).max())
    starts = np.zeros(len(costs), np.intp)
    for cut in range(1, len(costs)):
        starts[cut] = cut if costs[cut] <= costs[starts[cut - 1]] + slack else starts[cut - 1]
    return starts


def _preferred(ties: npt.NDArray[np.intp], reviewed: Floats) -> int:
    least = ties[reviewed[ties] <= reviewed[ties].min() + TIE]
    inner = least[(least > 0) & (least < len(reviewed) - 1)]
    pool = inner if len(inner) else least
    return int(pool[(len(pool) - 1) // 2])
