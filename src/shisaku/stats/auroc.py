"""Whether scores tell two sets apart: area under the ROC curve with its interval, and pairs that do not belong."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from shisaku.stats.proportions import clopper_pearson

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Auroc:
    """Chance `value` that a positive scores above a negative (a tie counts half), its interval, and how many."""

    value: float
    low: float
    high: float
    n_positive: int
    n_negative: int


def auroc(
    positive: npt.ArrayLike,
    negative: npt.ArrayLike,
    positive_groups: Sequence[Hashable] | None = None,
    negative_groups: Sequence[Hashable] | None = None,
    level: float = LEVEL,
) -> Auroc:
    """Return the area under the ROC curve of two sets of scores, higher meaning positive.

    The variance is that of Obuchowski (Biometrics 53:567, 1997) for scores that come in groups, which may hold scores
    of both sets (the true and the shuffled pair of one item are one group); without groups every score is one of its
    own and the variance is that of DeLong et al. (Biometrics 44:837, 1988). The interval is taken on the logit, so
    that it stays in [0, 1]. Where the variance is nothing (the sets do not overlap) it is the exact one of as many
    independent pairs as there are groups in the smaller set. Raises ValueError for an empty set or a NaN.
    """
    above, below = np.asarray(positive, np.float64).ravel(), np.asarray(negative, np.float64).ravel()
    if not above.size or not below.size or np.isnan(above).any() or np.isnan(below).any():
        raise ValueError(f"needs scores of both sets that are numbers, got {above.size} and {below.size}")
    wins, losses = _wins(above, below), 1.0 - _wins(below, above)
    value = float(wins.mean())
    first, second, joint = _codes(positive_groups, negative_groups, above.size, below.size)
    variance, units = _variance(wins, losses, first, second, joint, value)
    low, high = _interval(value, variance, units, level)
    return Auroc(value, low, high, above.size, below.size)


def partners(groups: Sequence[str], rng: np.random.Generator) -> list[int]:
    """Return for every item the place of one of another group, or -1 where there is none.

    The groups are put in a random order and the items shifted by the size of the largest, so that each is a partner at
    most once. If one group holds more than half of all, some of its items have no partner.
    """
    if not groups:
        return []
    names, code = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    turn = rng.permutation(len(names))[code]
    order = np.argsort(turn, kind="stable")
    shift = int(np.bincount(code).max())
    moved = np.roll(order, -shift)
    found = np.full(len(groups), -1)
    found[order] = np.where(code[moved] == code[order], -1, moved)
    return [int(place) for place in found]


def _wins(scores: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return for each score the share of the others that lie below it; ties count half."""
    ordered = np.sort(others)
    both = np.searchsorted(ordered, scores, "left") + np.searchsorted(ordered, scores, "right")
    return np.asarray(both / (2.0 * len(others)), dtype=np.float64)


def _codes(
    positive: Sequence[Hashable] | None, negative: Sequence[Hashable] | None, n: int, m: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], int]:
    names: list[Hashable] = [*(positive or ((0, i) for i in range(n))), *(negative or ((1, i) for i in range(m)))]
    if len(names) != n + m or (positive is not None and len(positive) != n):
        raise ValueError(f"needs one group per score, got {len(names)} for {n} and {m}")
    place = {name: i for i, name in enumerate(dict.fromkeys(names))}
    codes = np.array([place[name] for name in names], dtype=np.intp)
    return codes[:n], codes[n:], len(place)


def _variance(
    wins: npt.NDArray[np.float64],
    losses: npt.NDArray[np.float64],
    first: npt.NDArray[np.intp],
    second: npt.NDArray[np.intp],
    joint: int,
    value: float,
) -> tuple[float, int]:
    """Return the variance, and how many groups the smaller set has."""
    of_first = np.bincount(first, weights=wins - value, minlength=joint)
    of_second = np.bincount(second, weights=losses - value, minlength=joint)
    n_first, n_second = len(np.unique(first)), len(np.unique(second))
    units = min(n_first, n_second)
    if units < 2:
        return 0.0, units
    n, m = len(wins), len(losses)
    own = n_first / (n_first - 1) * float(of_first @ of_first) / n**2
    other = n_second / (n_second - 1) * float(of_second @ of_second) / m**2
    shared = joint / (joint - 1) * float(of_first @ of_second) / (n * m)
    return max(0.0, own + other + 2.0 * shared), units


def _interval(value: float, variance: float, units: int, level: float) -> tuple[float, float]:
    if variance <= 0.0 or not 0.0 < value < 1.0:
        return clopper_pearson(round(value * units), units, level)
    odds = math.log(value / (1.0 - value))
    reach = NormalDist().inv_cdf((1.0 + level) / 2.0) * math.sqrt(variance) / (value * (1.0 - value))
    return _logistic(odds - reach), _logistic(odds + reach)


def _logistic(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-odds)) if odds > -700.0 else 0.0
