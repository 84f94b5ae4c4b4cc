"""The cost curve: what a model costs at its best threshold, for every mix of costs and class shares at once.

Drummond and Holte, Machine Learning 65:95, 2006. Costs are normalised: 0 for no error, 1 for every answer wrong; what
right answers cost is taken off both classes before.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from shisaku.stats.chosen_threshold import cut_loads
from shisaku.stats.estimate import Floats

Better = Literal["first", "second", "equal"]
EQUAL = 1e-12


def probability_cost(prevalence: float, miss: float, false_alarm: float) -> float:
    """Return PC(+) = p miss / (p miss + (1 - p) false_alarm): where on the curve a place of use lies.

    `miss` and `false_alarm` are what the errors cost more than a right answer. Raises ValueError for a prevalence
    outside [0, 1], a negative cost, or where no error costs anything.
    """
    if not 0.0 <= prevalence <= 1.0 or not (0.0 <= miss < math.inf and 0.0 <= false_alarm < math.inf):
        raise ValueError(
            f"needs a prevalence in [0, 1] and costs of 0 or more, got {prevalence}, {miss}, {false_alarm}"
        )
    positive, negative = prevalence * miss, (1.0 - prevalence) * false_alarm
    if positive + negative == 0:
        raise ValueError("no error that can occur costs anything")
    return positive / (positive + negative)


def cost_ratio(at: float, prevalence: float) -> float:
    """Return how many false alarms a miss costs at PC(+) = `at`; infinite at 1. Raises ValueError outside [0, 1]."""
    if not 0.0 <= at <= 1.0 or not 0.0 < prevalence < 1.0:
        raise ValueError(f"needs a place in [0, 1] and a prevalence inside (0, 1), got {at} and {prevalence}")
    return math.inf if at == 1.0 else at * (1.0 - prevalence) / ((1.0 - at) * prevalence)


@dataclass(frozen=True, slots=True)
class CostCurve:
    """Between `edges` [i] and [i + 1] of PC(+) the threshold [i] is used, with its rates of misses and false alarms."""

    edges: Floats
    thresholds: Floats
    misses: Floats
    alarms: Floats

    def cost(self, at: npt.ArrayLike) -> Floats:
        """Return the normalised expected cost FNR PC + FPR (1 - PC). Raises ValueError outside [0, 1]."""
        x = np.asarray(at, dtype=np.float64)
        which = self.piece(x)
        found: Floats = self.misses[which] * x + self.alarms[which] * (1.0 - x)
        return found

    def piece(self, at: Floats) -> npt.NDArray[np.intp]:
        """Return the number of the threshold that is used at each PC(+); the one from an edge on at an edge."""
        if not ((at >= 0.0) & (at <= 1.0)).all():
            raise ValueError("the curve is defined from 0 to 1")
        return np.clip(np.searchsorted(self.edges, at, side="right") - 1, 0, len(self.thresholds) - 1)

    def on(self, scores: npt.ArrayLike, truth: npt.ArrayLike) -> CostCurve:
        """Return the curve of the same thresholds at the same places, with rates measured on other items.

        A curve on the items that its thresholds were chosen on flatters. Raises ValueError as `cost_curve` does.
        """
        cuts, (below, missed) = cut_loads(scores, truth, np.ones(2))
        # The cut that an item has to reach is the first one that is no lower than the threshold.
        place = np.searchsorted(cuts, self.thresholds, side="left")
        lowest = np.nanmin(np.asarray(scores, dtype=np.float64))
        place = np.where(self.thresholds <= lowest, 0, place)
        return CostCurve(self.edges, self.thresholds, missed[place], 1.0 - below[place])


def cost_curve(scores: npt.ArrayLike, truth: npt.ArrayLike) -> CostCurve:
    """Return the lower envelope of the cost lines of all thresholds; `truth` is 0 or 1, positive from a threshold on.

    Its pieces are the corners of the convex hull of the ROC curve. Raises ValueError for scores that are no numbers, or
    a class without items.
    """
    cuts, (below, missed) = cut_loads(scores, truth, np.ones(2))
    alarms = 1.0 - below
    corners: list[int] = []
    for cut in range(len(cuts) - 1, -1, -1):  # from never to always: false alarms rise, misses fall
        while corners and missed[cut] <= missed[corners[-1]] and alarms[cut] <= alarms[corners[-1]]:
            corners.pop()
        while len(corners) > 1 and _above(corners[-2], corners[-1], cut, alarms, missed):
            corners.pop()
        if not corners or missed[cut] < missed[corners[-1]]:
            corners.append(cut)
    hull = np.array(corners)
    more, fewer = np.diff(alarms[hull]), -np.diff(missed[hull])
    return CostCurve(np.concatenate([[0.0], more / (more + fewer), [1.0]]), cuts[hull], missed[hull], alarms[hull])


def always_or_never() -> CostCurve:
    """Return the curve of the cheaper of two constant answers, which a model must beat: min(PC, 1 - PC)."""
    return CostCurve(
        np.array([0.0, 0.5, 1.0]), np.array([math.inf, -math.inf]), np.array([1.0, 0.0]), np.array([0.0, 1.0])
    )


@dataclass(frozen=True, slots=True)
class Region:
    """From `low` to `high` of PC(+) the `better` curve costs less."""

    low: float
    high: float
    better: Better


def regions(first: CostCurve, second: CostCurve) -> tuple[Region, ...]:
    """Return where on [0, 1] which of two curves is cheaper, exactly, in order and without gaps.

    It compares what was measured; whether the difference is shown is said by `cost_curve_gap`.
    """
    edges = np.union1d(first.edges, second.edges)
    found: list[Region] = []
    for low, high in itertools.pairwise(edges):
        middle = np.array([(low + high) / 2])
        one, other = int(first.piece(middle)[0]), int(second.piece(middle)[0])
        gap_misses = float(first.misses[one] - second.misses[other])
        gap_alarms = float(first.alarms[one] - second.alarms[other])
        ends = [gap_misses * x + gap_alarms * (1.0 - x) for x in (low, high)]
        parts = [(float(low), float(high))]
        if min(ends) < -EQUAL and max(ends) > EQUAL:
            crossing = gap_alarms / (gap_alarms - gap_misses)
            parts = [(float(low), crossing), (crossing, float(high))]
        for start, end in parts:
            x = (start + end) / 2
            gap = gap_misses * x + gap_alarms * (1.0 - x)
            better: Better = "equal" if abs(gap) <= EQUAL else "first" if gap < 0 else "second"
            if found and found[-1].better == better:
                found[-1] = Region(found[-1].low, end, better)
            elif end > start:
                found.append(Region(start, end, better))
    return tuple(found)


def _above(a: int, b: int, c: int, x: Floats, y: Floats) -> bool:
    """Say whether point b lies on or above the line from a to c, so that no place uses it."""
    return bool((x[b] - x[a]) * (y[c] - y[a]) <= (x[c] - x[a]) * (y[b] - y[a]) + EQUAL)
