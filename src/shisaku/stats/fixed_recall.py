"""False alarms where a fixed share of positives is found.

Thresholds come from validation items, an item being positive from its threshold on; what they achieve is measured on
test items.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.bounded_mean import group_codes
from shisaku.stats.checked_input import checked_scores
from shisaku.stats.rate import LEVEL, Rate, rate

THIN = 10
ROUNDING = 1e-9
Groups = Sequence[object] | npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class FixedThreshold:
    """A threshold with the recall and the false alarm rate that it has where it was chosen.

    `beyond` is how many validation positives lie below it: with fewer than 10 its place is a matter of chance (`thin`).
    """

    threshold: float
    recall: float
    alarms: float
    beyond: int

    @property
    def thin(self) -> bool:
        """Whether fewer than 10 items decide where it lies."""
        return self.beyond < THIN


@dataclass(frozen=True, slots=True)
class Achieved:
    """Recall and false alarm rate on test items; the share of positives that is missed is `most_missed` at most.

    `most_missed` has one-sided confidence, 95 % where the intervals are two-sided 95 %: it is what stands in place of
    "100 % found".
    """

    recall: Rate
    alarms: Rate
    most_missed: float


def threshold_at_recall(scores: npt.ArrayLike, truth: npt.ArrayLike, recall: float) -> FixedThreshold:
    """Return the highest threshold that finds a share `recall` of the validation positives.

    Of further positives it finds less than that about as often as more: what it does find is measured (`achieved`).
    Raises ValueError for a recall outside (0, 1], or a class without items.
    """
    x, codes = checked_scores(scores, truth)
    positive = codes == 1
    if not 0.0 < recall <= 1.0:
        raise ValueError(f"the recall must be in (0, 1], got {recall}")
    beyond = math.floor((1.0 - recall) * positive.sum() + ROUNDING)
    threshold = float(np.sort(x[positive])[beyond])
    passed = x >= threshold
    return FixedThreshold(threshold, float(passed[positive].mean()), float(passed[~positive].mean()), beyond)


def achieved(
    scores: npt.ArrayLike,
    truth: npt.ArrayLike,
    threshold: float,
    groups: Groups | None = None,
    level: float = LEVEL,
    seed: int = 0,
) -> Achieved:
    """Return what a frozen threshold achieves on test items, with exact intervals, or with groups those of `rate`.

    Raises ValueError for a threshold that is no number, a level outside (0.5, 1) or a class without items.
    """
    x, codes = checked_scores(scores, truth)
    positive = codes == 1
    if math.isnan(threshold) or not 0.5 < level < 1.0:
        raise ValueError(f"needs a threshold and a level inside (0.5, 1), got {threshold} and {level}")
    group, passed = group_codes(groups, len(x)), x >= threshold
    recall = rate(passed[positive], group[positive], level, seed)
    # The upper end of a two-sided interval of twice the error has the error of one side.
    missed = rate(~passed[positive], group[positive], 2.0 * level - 1.0, seed)
    return Achieved(recall, rate(passed[~positive], group[~positive], level, seed), missed.high)
