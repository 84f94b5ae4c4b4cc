"""False alarms where a fixed share of positives is found, and positives found at a fixed share of false alarms.

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
from shisaku.stats.estimate import Floats
from shisaku.stats.rate import LEVEL, Rate, rate

THIN = 10
ROUNDING = 1e-9
Groups = Sequence[object] | npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class FixedThreshold:
    """A threshold with the recall and the false alarm rate that it has where it was chosen.

    `beyond` is how many validation items of the class that it was chosen by lie on its far side: with fewer than 10 its
    place is a matter of chance (`thin`). `threshold` is infinite where even the highest score lets too much pass, and
    None, as the rates, where none can be had with the wanted confidence: that takes `enough` positives.
    """

    threshold: float | None
    recall: float | None
    alarms: float | None
    beyond: int
    enough: int = 0

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


def threshold_at_recall(
    scores: npt.ArrayLike, truth: npt.ArrayLike, recall: float, confidence: float | None = None
) -> FixedThreshold:
    """Return the highest threshold that finds a share `recall` of the validation positives.

    Of further positives it finds less than that about as often as more. With `confidence` it finds at least that share
    of them with this probability: as many validation positives are let go as n can lose before the binomial chance of
    losing no more at a true share 1 - `recall` exceeds 1 - `confidence` (Wilks, Ann. Math. Stat. 12:91, 1941). Raises
    ValueError for a recall outside (0, 1] or a confidence outside (0, 1), or a class without items.
    """
    x, codes = checked_scores(scores, truth)
    positive = codes == 1
    if not 0.0 < recall <= 1.0 or (confidence is not None and not (0.0 < confidence < 1.0 and recall < 1.0)):
        raise ValueError(f"recall and confidence must be inside (0, 1), got {recall} and {confidence}")
    found = np.sort(x[positive])
    if confidence is None:
        beyond = math.floor((1.0 - recall) * len(found) + ROUNDING)
    else:
        beyond = _surely_missed(len(found), recall, confidence)
        if beyond < 0:
            return FixedThreshold(None, None, None, 0, math.ceil(math.log1p(-confidence) / math.log(recall) - ROUNDING))
    return _fixed(x, positive, float(found[beyond]), beyond)


def threshold_at_alarms(scores: npt.ArrayLike, truth: npt.ArrayLike, alarms: float) -> FixedThreshold:
    """Return the lowest threshold that passes a share `alarms` of the validation negatives at most.

    Raises ValueError for a share outside [0, 1), or a class without items.
    """
    x, codes = checked_scores(scores, truth)
    positive = codes == 1
    if not 0.0 <= alarms < 1.0:
        raise ValueError(f"the share of false alarms must be in [0, 1), got {alarms}")
    negatives = np.sort(x[~positive])[::-1]
    beyond = math.floor(alarms * len(negatives) + ROUNDING)
    above = x[x > negatives[beyond]]
    return _fixed(x, positive, float(above.min()) if len(above) else math.inf, beyond)


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


def _surely_missed(n: int, recall: float, confidence: float) -> int:
    """Return how many of n positives may lie below the threshold, -1 if n are too few even if none does."""
    from scipy.stats import binom

    counts = np.arange(n)
    fine = np.flatnonzero(binom.cdf(counts, n, 1.0 - recall) <= 1.0 - confidence + ROUNDING)
    return int(fine[-1]) if len(fine) else -1


def _fixed(x: Floats, positive: npt.NDArray[np.bool_], threshold: float, beyond: int) -> FixedThreshold:
    passed = x >= threshold
    return FixedThreshold(threshold, float(passed[positive].mean()), float(passed[~positive].mean()), beyond)
