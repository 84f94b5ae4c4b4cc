"""What is done with an item, given its class scores: chosen on validation items, never on test items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from shisaku.lab.business.held import Part
from shisaku.lab.business.matrix import Matrix
from shisaku.lab.items import Index
from shisaku.stats.chosen_threshold import ChosenThreshold, threshold_by_cost
from shisaku.stats.estimate import Floats
from shisaku.stats.expected_cost import cheapest
from shisaku.stats.prior_shift import to_prevalence
from shisaku.stats.temperature import Temperature, fit_temperature

Kind = Literal["threshold", "bayes", "as scored"]
AS_TOLD = Temperature(1.0, False)
SMALLEST = 1e-9
LEAST = 2  # validation items of every class that is in use


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """How actions are chosen: by a threshold (two classes), by the least expected cost, or as the model scored.

    ``as scored`` where validation items are too few to choose by: the class with the highest score. `temperature`
    made chances of scores, `learnt` are the shares of the classes among the validation items.
    """

    kind: Kind
    costs: Floats
    shares: Floats
    learnt: Floats
    temperature: Temperature = AS_TOLD
    threshold: ChosenThreshold | None = None

    @classmethod
    def chosen(cls, matrix: Matrix, shares: Floats, validation: Part) -> Policy:
        """Choose on `validation`, for the likely costs and the shares of the classes in use."""
        costs, known = matrix.likely(), validation.answered
        truth, scores = validation.truth[known], validation.scores[known]
        counts = np.bincount(truth, minlength=len(shares))
        if not known.any() or (counts[shares > 0] < LEAST).any():
            return cls("as scored", costs, shares, shares)
        learnt = counts / counts.sum()
        hot = fit_temperature(chances(scores), truth)
        if len(shares) == 2:
            found = threshold_by_cost(chances(scores)[:, 1], truth, costs, shares)
            return cls("threshold", costs, shares, learnt, hot, found)
        return cls("bayes", costs, shares, learnt, hot)

    def stated(self, scores: Floats) -> Floats:
        """Return the chance of each class [n, K] where the classes are as frequent as they are among test items."""
        return self.temperature.apply(chances(scores))

    def actions(self, part: Part) -> Index:
        """Return an action per item; an item without an answer goes to a person, or where there is none, costs most."""
        known = part.answered
        found = self._unanswered(part.truth)
        if known.any():
            found[known] = self._actions(part.scores[known])
        return found

    def _actions(self, scores: Floats) -> Index:
        if self.kind == "as scored":
            return np.asarray(scores.argmax(axis=1), dtype=np.intp)
        if self.threshold is not None:
            return self.threshold.actions(chances(scores)[:, 1])
        return cheapest(to_prevalence(self.stated(scores), self.learnt, self.shares), self.costs)

    def _unanswered(self, truth: Index) -> Index:
        classes, actions = self.costs.shape
        if actions > classes:
            return np.full(len(truth), classes, dtype=np.intp)
        return np.asarray(self.costs.argmax(axis=1)[truth], dtype=np.intp)


def chances(scores: Floats) -> Floats:
    """Return rows that add up to 1: scores that do are chances already, others are read as logarithms of chances.

    No class is ever ruled out: a model that never errs on a few items knows no more than that.
    """
    if (scores >= 0).all() and np.allclose(scores.sum(axis=1), 1.0, atol=1e-3):
        rows = np.maximum(scores, SMALLEST)
    else:
        rows = np.maximum(np.exp(scores - scores.max(axis=1, keepdims=True)), SMALLEST)
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))
