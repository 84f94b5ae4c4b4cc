"""For which costs and shares of a defect a model pays, whatever they are: cost curves of two classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from shisaku.lab.business.answered import Answered
from shisaku.lab.business.held import Part
from shisaku.lab.business.matrix import Matrix
from shisaku.lab.business.measured import Grounds
from shisaku.lab.business.policy import chances
from shisaku.lab.items import Index
from shisaku.stats.chow import cost_threshold, review_band
from shisaku.stats.cost_curve import cost_curve, probability_cost
from shisaku.stats.cost_curve_gap import cost_curve_gap
from shisaku.stats.estimate import Floats

POINTS = 21


def cost_curves(
    matrix: Matrix, positive: str, arm: Answered, base: Answered, grounds: Grounds
) -> dict[str, Any] | None:
    """Return the curves of both, where the arm is shown to be cheaper, and where the study's own costs lie.

    Thresholds come from validation items of all splits, errors from test items. None with more than two classes, or
    where a class is missing.
    """
    if len(matrix.classes) != 2:
        return None
    own = matrix.classes.index(positive)
    chosen = [_pooled([one.validation for one in side.held], own) for side in (base, arm)]
    tested = [_pooled([one.test for one in side.held], own) for side in (base, arm)]
    truth, groups = tested[0][1], tested[0][2]
    if any(len(set(part[1].tolist())) < 2 for part in (*chosen, *tested)) or len(tested[0][0]) != len(tested[1][0]):
        return None
    curves = cost_curve(*chosen[0][:2]), cost_curve(*chosen[1][:2])
    gap = cost_curve_gap(
        curves, (tested[0][0], tested[1][0]), truth, groups, level=1 - 2 * grounds.tail, seed=grounds.seed
    )  # fmt: skip
    at = np.linspace(0.0, 1.0, POINTS)
    return {
        "at": at.tolist(),
        "comparator": _measured(curves[0].thresholds[curves[0].piece(at)], *tested[0][:2], at),
        "arm": _measured(curves[1].thresholds[curves[1].piece(at)], *tested[1][:2], at),
        "constant": np.minimum(at, 1 - at).tolist(),
        "cheaper_from_to": [list(pair) for pair in gap.shown()],
        "level": 1 - 2 * grounds.tail,
        **_own_place(matrix, own, arm.shares),
    }


def _own_place(matrix: Matrix, own: int, shares: Floats) -> dict[str, Any]:
    """Return where the study's costs lie on the curve, the threshold that is best there, and where a review is."""
    order = [1 - own, own]
    costs = matrix.likely()[np.ix_(order, [*order, *range(2, len(matrix.actions))])]
    alarm, miss = float(costs[0, 1] - costs[0, 0]), float(costs[1, 0] - costs[1, 1])
    if alarm < 0 or miss < 0 or alarm == miss == 0:
        return {"own": None, "threshold": None, "review": None}
    band = review_band(costs) if costs.shape[1] == 3 else None
    return {
        "own": probability_cost(float(shares[own]), miss, alarm),
        "threshold": cost_threshold(costs),
        "review": [band.low, band.high] if band else None,
    }


def _pooled(parts: list[Part], own: int) -> tuple[Floats, Index, list[str]]:
    """Return the chance of the positive class, whether it is that, and the group, of every item with an answer."""
    scores: list[Floats] = []
    truth: list[Index] = []
    groups: list[str] = []
    for part in parts:
        known = np.flatnonzero(part.answered)
        if len(known):
            scores.append(chances(part.scores[known])[:, own])
            truth.append((part.truth[known] == own).astype(np.intp))
            groups += [part.groups[i] for i in known]
    if not scores:
        return np.zeros(0), np.zeros(0, np.intp), []
    return np.concatenate(scores), np.concatenate(truth), groups


def _measured(thresholds: Floats, scores: Floats, truth: Index, at: Floats) -> list[float]:
    """Return the normalised expected cost at each place, with these thresholds on test items."""
    passed = scores[None, :] >= thresholds[:, None]
    misses, alarms = (~passed[:, truth == 1]).mean(axis=1), passed[:, truth == 0].mean(axis=1)
    return [float(x) for x in misses * at + alarms * (1 - at)]
