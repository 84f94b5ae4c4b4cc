"""How many answers may be given so that, surely enough, no more than a given share of them is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.bounded_mean import group_codes
from shisaku.stats.rate import LEVEL, rate

STEPS = 10


@dataclass(frozen=True, slots=True)
class SafeCoverage:
    """Answers with a confidence from `threshold` on are wrong at a rate of `bound` at most; they are `coverage` of all.

    `threshold` is None and `coverage` 0 where no share of the answers is shown to be good enough; `bound` is then the
    smallest one that was found. `risk` is what was measured.
    """

    threshold: float | None
    coverage: float
    risk: float
    bound: float
    n: int


def safe_coverage(
    wrong: Sequence[bool] | npt.NDArray[np.bool_],
    confidence: npt.ArrayLike,
    target: float,
    groups: Sequence[object] | npt.NDArray[np.generic] | None = None,
    *,
    level: float = LEVEL,
    steps: int = STEPS,
    seed: int = 0,
) -> SafeCoverage:
    """Return the largest coverage whose error rate is shown to be at most `target`, with confidence `level`.

    Selection with guaranteed risk (Geifman and El-Yaniv, NIPS 2017): the exact binomial upper bound of the risk, with
    the error divided by the number of coverages that are looked at (Bonferroni). Theirs are found by bisection, whose
    path depends on the data; here they are 1 / `steps`, 2 / `steps`, ... 1, fixed before. Equal confidences go
    together. The items must have had no part in training or in making the confidence. Raises ValueError for a target
    outside (0, 1) or a confidence that is not a number.
    """
    bad, sure = np.asarray(wrong, dtype=np.bool_), np.asarray(confidence, dtype=np.float64)
    if bad.ndim != 1 or not bad.size or bad.shape != sure.shape or np.isnan(sure).any():
        raise ValueError(f"needs a confidence that is a number for each of the answers, got {sure.shape}, {bad.shape}")
    if not 0.0 < target < 1.0 or not 0.0 < level < 1.0 or steps < 1:
        raise ValueError(f"target and level must be inside (0, 1) and steps 1 or more, got {target}, {level}, {steps}")
    group, falling, tail = group_codes(groups, len(sure)), np.sort(sure)[::-1], (1.0 - level) / steps
    best = SafeCoverage(None, 0.0, float(bad.mean()), 1.0, len(sure))
    for step in range(1, steps + 1):
        threshold = float(falling[(step * len(sure) + steps - 1) // steps - 1])
        kept = sure >= threshold
        found = rate(bad[kept], group[kept], 1.0 - 2.0 * tail, seed)
        if found.high <= target:
            best = SafeCoverage(threshold, float(kept.mean()), found.value, found.high, len(sure))
        elif best.threshold is None and found.high < best.bound:
            best = SafeCoverage(None, 0.0, found.value, found.high, len(sure))
    return best
