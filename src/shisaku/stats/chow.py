"""From which calibrated probability on to act, and between which to hand the item to a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt

from shisaku.stats.checked_input import checked_costs
from shisaku.stats.estimate import Floats


@dataclass(frozen=True, slots=True)
class Band:
    """Probabilities of the positive class, strictly between which a review is cheaper than either answer."""

    low: float
    high: float


def cost_threshold(costs: npt.ArrayLike) -> float:
    """Return t*: answering positive is cheaper for p > t*, of a matrix [negative or positive, the two answers].

    t* = (FP - TN) / ((FP - TN) + (FN - TP)) (Elkan, IJCAI 2001:973, formula 2); further columns are not looked at.
    Raises ValueError where being wrong costs less than being right, or no more in either class: then no probability
    decides.
    """
    table = _binary(costs)
    alarm, miss = float(table[0, 1] - table[0, 0]), float(table[1, 0] - table[1, 1])
    if alarm < 0 or miss < 0 or alarm == miss == 0:
        raise ValueError(f"an error must cost more than a right answer, got {alarm:g} and {miss:g} more")
    return alarm / (alarm + miss)


def review_band(costs: npt.ArrayLike) -> Band | None:
    """Return where a review is cheapest, of costs [two classes; negative, positive, review]; None if nowhere.

    Chow's rule (IEEE Transactions on Information Theory 16:41, 1970): with right answers free and one price r of a
    review it is r / FN < p < 1 - r / FP. Prices of review may differ by class; the band may then lie to one side of the
    threshold between the two answers (`expected_cost.cheapest` says what to do everywhere).
    """
    table = _binary(costs)
    if table.shape[1] != 3:
        raise ValueError(f"needs the costs of negative, positive and review, got {table.shape[1]} columns")
    low, high = 0.0, 1.0
    for answer in (0, 1):
        # How much dearer the answer is than a review, at p = 0 and at p = 1; between them it is a straight line.
        none, sure = (float(table[row, answer] - table[row, 2]) for row in (0, 1))
        if none <= 0 and sure <= 0:
            return None
        if none <= 0:
            low = max(low, none / (none - sure))
        elif sure <= 0:
            high = min(high, none / (none - sure))
    return Band(low, high) if low < high else None


def _binary(costs: npt.ArrayLike) -> Floats:
    table = checked_costs(costs)
    if len(table) != 2:
        raise ValueError(f"needs the costs of a negative and a positive class, got {len(table)} classes")
    return table
