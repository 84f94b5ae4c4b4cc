"""Least squares on class membership: a classifier in closed form, the fastest to train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.learn.calibration import Calibrate
from shisaku.learn.classifier import Decided, FittedClassifier, fit_classes, per_class
from shisaku.learn.examples import Examples
from shisaku.learn.on_rows import Calibrated
from shisaku.learn.rows import RowTransform
from shisaku.message import say


@dataclass(frozen=True, slots=True)
class RidgeClassifier(Calibrated):
    """One-vs-rest ridge regression on -1 and 1 (scikit-learn), deterministic, one thread per fit.

    The penalty is `strength` times the sum of weights: k copies of every row give the same model as the rows alone.
    Scores are calibrated (`calibrate`), or the softmax of the decisions, whose order is right and whose size is not.
    """

    strength: float = 1e-3
    transform: RowTransform = "sqrt_l2"
    calibrate: Calibrate = "none"

    steps: ClassVar[int] = 0

    def __post_init__(self) -> None:
        self.settled(
            self.strength > 0,
            say("The learner ridge_classifier needs strength > 0, a known transform and a known calibration"),
        )

    def fit(
        self, train: Examples, val: Examples | None = None, rng: np.random.Generator | None = None
    ) -> FittedClassifier:
        """Train in closed form; nothing is drawn at random. Raises DataError for no rows, or not finite ones."""
        return fit_classes(train, "ridge_classifier", self.transform, self.calibrate, self._build)

    def _build(self, rows: Examples) -> Decided:
        from sklearn.linear_model import RidgeClassifier as Theirs

        model = Theirs(alpha=self.strength * float(rows.weight.sum()), solver="cholesky")
        model.fit(rows.x.astype(np.float64), rows.y, sample_weight=rows.weight)
        return Decided(lambda x: per_class(np.asarray(model.decision_function(x), np.float64)))
