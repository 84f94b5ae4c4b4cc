"""Ridge regression from features to a target embedding: the student of retrieval studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from shisaku.errors import RecipeError
from shisaku.learn.examples import Examples, Features, Labels, Reals, numbers_only
from shisaku.learn.learner import Answers
from shisaku.learn.on_rows import OnRows
from shisaku.learn.one_thread import one_thread
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.message import say

# Relative to the sum of weights; half a decade apart, from next to none to one that leaves only the mean.
GRID = tuple(float(10.0 ** (step / 2)) for step in range(-12, 5))


@dataclass(frozen=True, slots=True)
class FittedRidge:
    """Coefficients [m, d] and intercepts [m]; `strength` is the penalty chosen, `at_edge` if at an end of its grid."""

    coefficients: Reals
    intercepts: Reals
    transform: RowTransform
    strength: float
    at_edge: bool
    converged: bool = True
    classes: Labels = field(default_factory=lambda: np.zeros(0, np.intp))

    def scores(self, rows: Examples) -> Reals:
        """Return [n, m]: where each row lies among the targets."""
        mapped: Reals = transform_rows(rows.x, self.transform) @ self.coefficients.T + self.intercepts
        return mapped


@dataclass(frozen=True, slots=True)
class Ridge(OnRows):
    """L2-regularised linear map (scikit-learn), its strength chosen on held-out groups, one thread per fit.

    The penalty is a strength of `grid` times the sum of weights, so k copies of every row give the same map as
    the rows alone: an effect of made data cannot be an effect of weaker regularisation.
    """

    grid: tuple[float, ...] = GRID
    folds: int = 3
    transform: RowTransform = "none"

    answers: ClassVar[Answers] = "map"
    steps: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if not (self.grid and min(self.grid) > 0 and self.folds >= 2 and self.transform in ROW_TRANSFORMS):
            raise RecipeError(
                say("The learner ridge needs positive strengths, two folds or more and a known transform"),
                where=f"learner: {self}",
                next=say("Transforms are {known}", known=", ".join(ROW_TRANSFORMS)),
            )

    def fit(self, train: Examples, val: Examples | None = None, rng: np.random.Generator | None = None) -> FittedRidge:
        """Train on rows and their targets; rows of one group are held out together.

        Raises DataError for no rows or numbers that are not finite.
        """
        numbers_only(train, "ridge")
        rows = transform_rows(train.x, self.transform)
        targets, sample_weight, groups = train.targets, train.weight, train.groups
        with one_thread():
            strength = self._strength(rows, targets, sample_weight, groups)
            model = _solved(rows, targets, sample_weight, strength)
        ends = (min(self.grid), max(self.grid))
        return FittedRidge(*model, self.transform, strength, len(self.grid) > 1 and strength in ends)

    def _strength(self, rows: Features, targets: Features, weight: Reals, groups: Sequence[str]) -> float:
        """Return the strength with the least weighted squared error on held-out groups; ties go to the stronger."""
        names = sorted(set(groups))
        if len(self.grid) == 1 or len(names) < 2:
            return self.grid[0]
        turn = {name: place % self.folds for place, name in enumerate(names)}
        fold = np.array([turn[name] for name in groups])
        lost = dict.fromkeys(sorted(self.grid, reverse=True), 0.0)
        for one in range(min(self.folds, len(names))):
            inside, outside = fold != one, fold == one
            for strength in lost:
                slope, base = _solved(rows[inside], targets[inside], weight[inside], strength)
                gap = rows[outside] @ slope.T + base - targets[outside]
                lost[strength] += float((weight[outside] * np.einsum("ij,ij->i", gap, gap)).sum())
        return min(lost, key=lambda strength: lost[strength])


def _solved(rows: Features, targets: Features, weight: Reals, strength: float) -> tuple[Reals, Reals]:
    from sklearn.linear_model import Ridge as Linear

    model = Linear(alpha=strength * float(weight.sum()), solver="cholesky")
    model.fit(rows.astype(np.float64), targets.astype(np.float64), sample_weight=weight)
    return np.asarray(model.coef_, dtype=np.float64), np.asarray(model.intercept_, dtype=np.float64)
