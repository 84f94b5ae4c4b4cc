"""Multinomial logistic regression by a fixed number of steps: what an arm sees when is part of its plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.learn.calibration import Calibrate, softmax
from shisaku.learn.classifier import Decided, FittedClassifier, fit_classes, seed_of
from shisaku.learn.examples import Examples, Features, Reals
from shisaku.learn.on_rows import Calibrated
from shisaku.learn.rows import RowTransform
from shisaku.message import say

MOMENTUM = 0.9


@dataclass(frozen=True, slots=True)
class Steps(Calibrated):
    """`steps` steps of stochastic gradient descent on batches of `batch` rows, for every arm alike.

    Each row of a batch is drawn with a chance proportional to its weight, with replacement. Nesterov momentum 0.9; the
    learning rate falls from `rate` to 0 along half a cosine (Loshchilov and Hutter, ICLR 2017), in units of one over
    the mean squared length of the rows. `C` is as in `logistic`, towards whose model it goes with many steps. With
    `curriculum` that share of the steps draws made rows alone, the later ones real rows alone; where there is only one
    kind it changes nothing.
    """

    steps: int = 500
    batch: int = 64
    rate: float = 1.0
    C: float = 30.0
    curriculum: float = 0.0
    transform: RowTransform = "sqrt_l2"
    calibrate: Calibrate = "none"

    staged: ClassVar[bool] = True

    def __post_init__(self) -> None:
        numbers = self.steps >= 1 and self.batch >= 1 and self.rate > 0 and self.C > 0 and 0 <= self.curriculum < 1
        self.settled(
            numbers,
            say(
                "The learner steps needs steps and batch >= 1, rate and C > 0, a curriculum of at least 0 and "
                "below 1, a known transform and a known calibration"
            ),
        )

    def fit(
        self, train: Examples, val: Examples | None = None, rng: np.random.Generator | None = None
    ) -> FittedClassifier:
        """Train all steps; batches are drawn from `rng`. Raises DataError for no rows, or not finite ones."""
        seed = seed_of(rng)
        return fit_classes(train, "steps", self.transform, self.calibrate, lambda rows: self._build(rows, seed))

    def _build(self, rows: Examples, seed: int) -> Decided:
        classes, codes = np.unique(rows.y, return_inverse=True)
        square = float(np.average(np.einsum("ij,ij->i", rows.x, rows.x), weights=rows.weight)) or 1.0
        slope, base = self._descend(rows, np.eye(len(classes))[codes], square, np.random.default_rng(seed))

        def decide(x: Features) -> Reals:
            return np.asarray(x @ slope.T + base, np.float64)

        return Decided(decide)

    def _descend(self, rows: Examples, hot: Reals, square: float, rng: np.random.Generator) -> tuple[Reals, Reals]:
        decay = 1 / (self.C * float(rows.weight.sum()))
        slope, base = np.zeros((hot.shape[1], rows.x.shape[1])), np.zeros(hot.shape[1])
        pull, drift = np.zeros_like(slope), np.zeros_like(base)
        for step, drawn in enumerate(self._batches(rows, rng)):
            rate = self.rate / 2 * (1 + np.cos(np.pi * step / self.steps)) / square
            ahead, level = slope + MOMENTUM * pull, base + MOMENTUM * drift
            x = rows.x[drawn].astype(np.float64)
            off = (softmax(x @ ahead.T + level) - hot[drawn]) / self.batch
            pull = MOMENTUM * pull - rate * (off.T @ x + decay * ahead)
            # The intercept belongs to a column as long as the rows are: else its pace would hang on their unit.
            drift = MOMENTUM * drift - rate * square * off.sum(axis=0)
            slope, base = slope + pull, base + drift
        return slope, base

    def _batches(self, rows: Examples, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        """Return which rows each step sees [steps, batch]."""
        made = rows.made if len(rows.made) else np.zeros(len(rows), bool)
        early = round(self.curriculum * self.steps) if made.any() and not made.all() else 0
        stages = ((early, made), (self.steps - early, ~made if early else np.ones(len(rows), bool)))
        drawn = [np.zeros((0, self.batch), np.intp)]
        for n, seen in stages:
            summed = np.cumsum(rows.weight * seen)
            at = np.searchsorted(summed, rng.random((n, self.batch)) * summed[-1], side="right")
            drawn.append(np.minimum(at, np.flatnonzero(seen).max(initial=0)))
        return np.concatenate(drawn)
