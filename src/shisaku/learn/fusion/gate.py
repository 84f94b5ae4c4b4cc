"""A gate that says row by row how far each view's model is heeded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shisaku.learn.examples import Examples, Reals
from shisaku.learn.fusion.experts import LEAST, Experts
from shisaku.learn.fusion.views import Mask

PENALTY = 1.0  # on the squares of the gate's numbers: a gate of few rows stays near the plain mean


@dataclass(frozen=True, slots=True)
class Gated:
    """Chances of the views mixed with softmax(level + slope x sureness) over the views that are there.

    Sureness is 1 minus the entropy of a view's chances over that of equal chances. `level` and `slope` are [views].
    """

    experts: Experts
    level: Reals
    slope: Reals

    def chances(self, rows: Examples) -> Reals:
        """Return [n, K] class probabilities; the shares of training for a row of which no view says anything."""
        said = self.experts.opinions(rows)
        there: Mask = ~np.isnan(said[:, :, 0])
        heed = _softmax(self.level + self.slope * sureness(said), there)
        mixed = np.einsum("nv,nvk->nk", heed, np.nan_to_num(said))
        return np.where(np.any(there, axis=1, keepdims=True), mixed, self.experts.shares)


def sureness(said: Reals) -> Reals:
    """Return [n, views]: 0 for equal chances, 1 for one certain class; 0 where a view is missing."""
    if said.shape[2] < 2:
        return np.zeros(said.shape[:2])
    chance = np.nan_to_num(said, nan=1.0 / said.shape[2])
    entropy = -(chance * np.log(np.maximum(chance, LEAST))).sum(axis=2)
    return np.asarray(1.0 - entropy / np.log(said.shape[2]), dtype=np.float64)


def gate(found: Experts) -> Gated:
    """Fit the gate by maximum likelihood of the mixture on held-out rows that have two views or more.

    The models stay as they are, so this is stacking (Wolpert, Neural Networks 5:241, 1992) whose weights depend on the
    row as in a mixture of experts (Jacobs et al., Neural Computation 3:79, 1991). Without such rows every view is
    heeded alike.
    """
    from scipy.optimize import minimize

    views = found.held.shape[1]
    several = (~np.isnan(found.held[:, :, 0])).sum(axis=1) > 1
    said, truth, weight = found.held[several], found.truth[several], found.weight[several]
    if not len(said):
        return Gated(found, np.zeros(views), np.zeros(views))
    there, sure = ~np.isnan(said[:, :, 0]), sureness(said)
    own = np.nan_to_num(np.take_along_axis(said, truth[:, None, None], axis=2)[:, :, 0])

    def loss(numbers: Reals) -> tuple[float, Reals]:
        heed = _softmax(numbers[:views] + numbers[views:] * sure, there)
        mixed = np.maximum((heed * own).sum(axis=1), LEAST)
        pull = weight[:, None] * (heed - heed * own / mixed[:, None])
        slope = np.concatenate([pull.sum(axis=0), (pull * sure).sum(axis=0)])
        value = float(-(weight * np.log(mixed)).sum() + PENALTY / 2 * (numbers**2).sum())
        return value, slope + PENALTY * numbers

    numbers = np.asarray(minimize(loss, np.zeros(2 * views), jac=True, method="L-BFGS-B").x, dtype=np.float64)
    return Gated(found, numbers[:views], numbers[views:])


def _softmax(heed: Reals, there: Mask) -> Reals:
    """Return weights [n, views] that sum to 1 over the views that are there."""
    top = np.where(there, heed, -np.inf).max(axis=1, keepdims=True, initial=-1e9)
    raised = np.where(there, np.exp(np.minimum(heed - top, 0.0)), 0.0)
    return np.asarray(raised / np.maximum(raised.sum(axis=1, keepdims=True), LEAST), dtype=np.float64)
