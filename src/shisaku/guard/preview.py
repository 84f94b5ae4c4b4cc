"""What all calls will cost, told from the first few."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shisaku.stats.estimate import TEstimate


@dataclass(frozen=True, slots=True)
class Preview:
    """The expected total for `calls`, of which `measured` were measured; `low` to `high` holds it with `level`."""

    calls: int
    measured: int
    total: float
    low: float
    high: float
    level: float
    method: str


def preview(costs: Sequence[float], calls: int, level: float = 0.95) -> Preview:
    """Extrapolate the costs of a random few of `calls` to all of them.

    The interval is one of prediction for the sum of the others: both the mean's uncertainty and their own spread count
    (Student's t). It is never below what was measured; with one measurement it has no upper end. Blind spots: calls
    that are not a random few, and rare very dear ones.
    """
    n = len(costs)
    if not 0 < n <= calls:
        raise ValueError("from 1 to all of the calls must be measured")
    spent, rest = math.fsum(costs), calls - n
    method = "Student's t, prediction of a sum"
    total = spent + rest * spent / n
    if rest == 0:
        return Preview(calls, n, spent, spent, spent, level, method)
    if n == 1:
        return Preview(calls, n, total, spent, math.inf, level, method)
    spread = float(np.std(np.asarray(costs, dtype=np.float64), ddof=1))
    estimate = TEstimate(total, spread * math.sqrt(rest + rest**2 / n), n - 1, method)
    side = (1 - level) / 2
    return Preview(calls, n, total, max(spent, estimate.low(side)), estimate.high(side), level, method)
